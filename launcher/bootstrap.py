"""Make the project's own environment when it is missing or out of date, and continue inside it.

Standard library only: this runs before anything is installed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MARKER = VENV / "installed.json"
LOCKS = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")  # each holds the one before it
DEV_COMMANDS = ("test", "check-all", "screenshots")
OLDEST = (3, 11)


def enter(argv: "list[str]") -> None:
    """Return inside an environment that has what the command needs; else re-execute there or exit."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    if _is_foreign_environment():
        return
    lock = LOCKS[2] if len(argv) > 1 and argv[1] in DEV_COMMANDS else LOCKS[1]
    if not _is_installed(lock):
        _install_once(lock)
    if Path(sys.prefix).resolve() != VENV.resolve():
        python = VENV / "bin" / "python"
        sys.stdout.flush()
        os.execv(python, [str(python), *argv])


def _install_once(lock: str) -> None:
    """Install while no other command does."""
    try:
        with (ROOT / ".venv.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if not _is_installed(lock):
                _install(lock)
    except KeyboardInterrupt:
        sys.exit("\nStopped while setting up; the next start goes on.")


def _is_foreign_environment() -> bool:
    """A container, or an environment of the caller's own: both bring their packages with them."""
    if os.environ.get("TRIAGE_BOOTSTRAP") == "off":
        return True
    return sys.prefix != sys.base_prefix and Path(sys.prefix).resolve() != VENV.resolve()


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()


def _is_installed(lock: str) -> bool:
    try:
        installed = json.loads(MARKER.read_text())
    except (OSError, ValueError):
        return False
    enough = LOCKS[LOCKS.index(lock) :]
    return any(installed.get(name) == _digest(name) for name in enough)


def took(begun: float) -> str:
    """How long something took that began at this instant of the monotonic clock."""
    return f" after {time.monotonic() - begun:.1f} s"


def _install(lock: str) -> None:
    begun = time.monotonic()
    print(f"Setting up the environment ({lock}); this happens once.", flush=True)
    if not _has_pip():
        shutil.rmtree(VENV, ignore_errors=True)
        _make_venv()
    pins = (ROOT / lock).read_text().count("==")
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(ROOT / lock)]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            _show_progress(line, lines, pins)
    print(flush=True)
    if pip.returncode:
        sys.exit("".join(lines[-12:]) + f"\nThe packages of {lock} could not be installed; see above.")
    MARKER.write_text(json.dumps({lock: _digest(lock)}))
    print(f"  ready{took(begun)}", flush=True)


def _has_pip() -> bool:
    """A making that was interrupted, or failed for want of a system package, leaves an environment without pip."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _show_progress(line: str, lines: "list[str]", pins: int) -> None:
    if line.startswith(("Collecting ", "Requirement already")):
        seen = sum(text.startswith(("Collecting ", "Requirement already")) for text in lines)
        end = "\r" if sys.stdout.isatty() else "\n"
        if sys.stdout.isatty() or seen % 20 == 0:
            print(f"  {min(seen, pins)} of up to {pins} packages", end=end, flush=True)
    elif line.startswith("Installing collected"):
        print("\n  unpacking …", end="", flush=True)


def _make_venv() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"python3.{sys.version_info.minor}-venv"
        sys.exit(
            f"{made.stdout}{made.stderr}\nThe environment could not be made. "
            f"On Debian and Ubuntu install the package {version} and try again."
        )
