"""Reports in forms of the mail servers' own, read by their words and by what ``flufl.bounce`` knows of them. Pure."""

import re
from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses
from enum import Enum
from itertools import takewhile

from flufl.bounce import all_failures

ADDRESS = re.compile(r"(?<![\w.+-])[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
CODE, STATUS = r"5(?:0[0-4]|2[1-3]|3[045]|41|5\d|7[01])(?=[\s-]+(?:\D|5\.))", r"5\.\d{1,3}\.\d{1,3}"
PERMANENT = re.compile(rf"(?<![\d.+])(?:{CODE}|{STATUS})(?![\d.])")
WAITS = re.compile(
    r"delayed|will (?:be retried|retry|keep trying|continue)|not (?:yet|need to)|temporar|still trying|"
    r"no action is required",
    re.IGNORECASE,
)
GIVES_UP = re.compile(
    r"undeliver|not be (?:delivered|reached)|not delivered|unable to deliver|trying to deliver|failed address|"
    r"(?:delivery|permanently) failed|failed permanently|expired|timeout exceeded|unavailable|not found|"
    r"does(?:n't| not) (?:exist|have)|unknown|no mailbox",
    re.IGNORECASE,
)
FIELD = re.compile(r"[A-Za-z][A-Za-z-]*:\s")
OF_A_COPY = ("received:", "return-path:", "message-id:", "mime-version:")
ABOUT_THE_COPY = ("original", "returned", "copy of", "message header", "below this line")
NEAR = 3  # lines around a code in which its address stands
KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])")  # of a mail of ours, in its Message-ID
LONGEST_DIAGNOSTIC = 300


class Kind(Enum):
    FAILURE = "failure"
    WAITING = "no failure, or not yet"
    AUTOMATIC = "automatic reply"
    COMPLAINT = "complaint"
    MESSAGE = "message of a person, or nothing that can be read"


def guess(message: Message, lines: list[str]) -> tuple[Kind, dict[str, str]]:
    """A report in a form of a mail server's own. Whom it is about has to be plain, else a person looks."""
    ours = {address.lower() for _name, address in getaddresses([str(message.get("To", ""))])}
    places = [{one for one in _addresses(line) if one not in ours and not KEY.search(one)} for line in lines]
    standing = set().union(*places)
    codes = [place for place, line in enumerate(lines) if PERMANENT.search(line)]
    waiting, known = _known_forms(message)
    gives_up = any(map(GIVES_UP.search, lines))
    if not codes and (waiting or any(map(WAITS.search, lines))):
        return (Kind.WAITING if waiting or not gives_up else Kind.MESSAGE), {}
    headers = message.get_all("X-Failed-Recipients", [])
    named = {address.lower() for _name, address in getaddresses(headers) if address} or known & standing
    if not named and codes:
        near = set().union(*places[max(codes[0] - NEAR, 0) : codes[0] + NEAR])
        named = near or standing
    elif not named and gives_up:
        named = standing
    if not named or (len(named) > 1 and not headers and not known & standing):
        return Kind.MESSAGE, {}
    return Kind.FAILURE, {address: _say_why(address, lines, codes) for address in named}


def _addresses(line: str) -> set[str]:
    return {address.lower() for address in ADDRESS.findall(line)}


def _say_why(address: str, lines: list[str], codes: list[int]) -> str:
    """The server's words: its line with a code, else what stands behind the address."""
    if codes:
        return lines[codes[0]][:LONGEST_DIAGNOSTIC]
    place = next((place for place, line in enumerate(lines) if address in line.lower()), len(lines))
    rest = lines[place].lower().replace(address, "").strip(" <>:.,;") if place < len(lines) else ""
    return (lines[place] if rest else next(iter(lines[place + 1 :]), ""))[:LONGEST_DIAGNOSTIC]


def cut_copy(text: str) -> tuple[list[str], bool]:
    """The report's own lines, and whether a copy of a mail, or of its headers, stands behind them."""
    all_lines = text.splitlines()
    for place, line in enumerate(all_lines):
        words = line.strip().lower()
        is_rule = place and words.startswith("--") and any(one in words for one in ABOUT_THE_COPY)
        if is_rule or _begins_headers(all_lines, place):
            return _without_quotes(all_lines[:place]), True
    return _without_quotes(all_lines), False


def _begins_headers(lines: list[str], place: int) -> bool:
    """Do a mail's headers begin here: two fields or more, one of them such as only mails have?"""
    if not FIELD.match(lines[place]):
        return False
    block = list(takewhile(lambda line: FIELD.match(line) or line[:1] in (" ", "\t"), lines[place : place + 40]))
    fields = [line.lower() for line in block if FIELD.match(line)]
    return len(fields) > 1 and any(field.startswith(OF_A_COPY) for field in fields)


def _without_quotes(lines: list[str]) -> list[str]:
    """Without what a person has quoted; a server's ``>>>`` is its own."""
    stripped = (line.strip() for line in lines)
    return [line for line in stripped if line and (not line.startswith(">") or line.startswith(">>> "))]


def _known_forms(message: Message) -> tuple[set[str], set[str]]:
    """Whom ``flufl.bounce`` finds to wait, and to have failed."""
    try:
        waiting, failed = all_failures(message)
    except Exception:  # noqa: BLE001 (it was written for whole reports, and raises whatever others bring about)
        return set(), set()
    return _as_addresses(waiting), _as_addresses(failed)


def _as_addresses(found: Iterable[bytes | str]) -> set[str]:
    decoded = (one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in found)
    return {address.strip("<> ").lower() for address in decoded}
