"""Checkers of other houses: IBM Equal Access looks at pages in Chromium, the W3C's Nu reads them as they are served.

Both come from pinned npm packages, installed once with ``npm ci``; Nu needs Java.
They run in ``test -m accessibility``.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

HERE = Path(__file__).parent
PACKAGES = ("package.json", "package-lock.json")
POLICY = "WCAG_2_2"
# The engine takes what a closed disclosure hides for shown and without labels: it is looked at where it is opened.
CHECK = """async (policy) => {
    const isFolded = (path) => {
        const found = document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
        return Boolean(found?.closest("details:not([open]) > :not(summary)"));
    };
    const { results } = await new ace.Checker().check(document, [policy]);
    return results
        .filter((one) => one.value[0] === "VIOLATION" && one.value[1] === "FAIL" && !isFolded(one.path.dom))
        .map(({ ruleId, message, path, snippet }) => ({ rule: ruleId, message, where: path.dom, what: snippet }));
}"""
HTMX = re.compile(r"Attribute “hx-[a-z:-]+” not allowed")


def known() -> list[tuple[str, re.Pattern[str]]]:
    """Findings that are none of ours: the rule, and what its line reads; why stands above each in the file."""
    lines = (HERE / "known.txt").read_text().splitlines()
    entries = (line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    return [(rule, re.compile(text)) for rule, text in entries]


def install() -> Path:
    """The folder of the packages, installed where it is not there.

    Raises:
        RuntimeError: npm or Java is missing.
        CalledProcessError: npm could not install them.
    """
    for command, package in (("npm", "npm"), ("java", "default-jre-headless")):
        if shutil.which(command) is None:
            raise RuntimeError(f"NO {command.upper()}: the checkers cannot run. Debian: apt-get install {package}.")
    stamp = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PACKAGES)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "referral-triage"
    folder = cache / f"outsiders-{stamp}"
    cache.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            folder.mkdir(exist_ok=True)
            for name in PACKAGES:
                shutil.copy(HERE / name, folder)
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
            (folder / "ready").touch()
    return folder / "node_modules"


class Outsiders:
    """What they find on the pages of one test. Pages are read by Nu together, since starting it takes a second."""

    def __init__(self, served: Path) -> None:
        self.packages, self.served = install(), served
        self.engine = (self.packages / "accessibility-checker-engine" / "ace.js").read_text()
        self.names: dict[str, str] = {}
        self.known = known()

    def serve(self, name: str, html: str) -> None:
        """Keep a page as it was served, for ``read``."""
        file = f"{len(self.names)}.html"
        (self.served / file).write_text(html)
        self.names[file] = name

    def look(self, page: Page, name: str) -> Iterator[str]:
        """What IBM's engine finds on a page as it stands in Chromium."""
        if not page.evaluate("typeof ace !== 'undefined'"):
            page.evaluate(self.engine)
        for one in page.evaluate(CHECK, POLICY):
            line = f"{one['message']} {one['where']} {one['what'][:160]}"
            if not self._is_known(one["rule"], line):
                yield f"{name}: {one['rule']} {line}"

    def read(self) -> Iterator[str]:
        """What Nu finds in all pages that were kept."""
        jar = self.packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
        files = [str(self.served / name) for name in self.names]
        run = subprocess.run(["java", "-jar", jar, "--format", "json", *files], capture_output=True, text=True)
        messages: list[dict[str, Any]] = json.loads(run.stderr)["messages"]
        for one in messages:
            if not HTMX.match(one["message"]) and not self._is_known("nu", one["message"]):
                name = self.names[Path(one["url"]).name]
                yield f"{name}: {one.get('lastLine')}: {one['message']} {one.get('extract', '')[:160]!r}"

    def _is_known(self, rule: str, line: str) -> bool:
        return any(rule == one and text.search(line) for one, text in self.known)
