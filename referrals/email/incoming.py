"""What comes to the address that mail is sent from: reports of failures, automatic replies, complaints, answers. Pure.

Reports by RFC 3464 are read here; in the many other forms that mail servers use, what ``flufl.bounce`` knows of them,
and what a report says in plain words, is read as well.
"""

import email
import logging
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from referrals.email.guessing import KEY, LONGEST_DIAGNOSTIC, Kind, cut_copy, guess

logger = logging.getLogger(__name__)
LONGEST = 10 * 1024 * 1024  # bytes that are read at all
LONGEST_GUESSED = 256 * 1024  # bytes of what is read by its words
LONGEST_EXCERPT = 1500
LINK, LINK_MASK = re.compile(r"\b\w+://\S+"), "[link]"
FINAL, NOT_FINAL = (
    {"failed", "failure", "expired", "error", "undeliverable"},
    {"delayed", "delivered", "relayed", "expanded"},
)
LONGEST_LINE = 1000  # letters of a line that are looked at
MAILERS = re.compile(
    r"mailer[-_.]?daemon|mail[-_.]?(?:daemon|delivery|delivery[-_.]system)|mdaemon|microsoftexchange[0-9a-f]{8,}",
    re.IGNORECASE,
)
# Who may be a person as well: believed only beside the mail that came back.
MAYBE_MAILERS = re.compile(r"|postmaster|bounces?|administrator|[\w.]*mail_service|imss|ndr", re.IGNORECASE)
ANSWER = re.compile(r"\s*(?:re|aw|sv|antw|vs|rv)\s*:", re.IGNORECASE)
AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:automatic(?:ally generated)? reply|auto(?:matic)?[- ]?(?:reply|response|:)|out of (?:the )?office|"
    r"automatische antwort|abwesenheits|réponse automatique|respuesta automática|risposta automatica|自動返信)",
    re.IGNORECASE,
)
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Auto-Response-Type")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. ``keys``: of mails that it names. ``failed``: address → what the mail server says of it.

    ``returned_to``: whom the mail in question was written to, by the headers that came back; empty when none did.
    """

    kind: Kind
    keys: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    returned_to: str = ""
    sender: str = ""
    subject: str = ""
    excerpt: str = ""


def read_incoming(raw: bytes) -> Incoming:
    """Read a message, whatever it is."""
    try:
        return _read(raw)
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, MessageError):
        logger.exception("a message could not be read")
        return Incoming(
            Kind.MESSAGE, tuple(dict.fromkeys(KEY.findall(raw[:LONGEST_GUESSED].decode("ascii", "replace"))))
        )


def _read(raw: bytes) -> Incoming:
    message = email.message_from_bytes(raw[:LONGEST])
    parts = list(_walk(message))
    returned = next((found for part in parts if (found := _returned(part)) is not None), None)
    text = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    kind, failed = _judge(message, parts, text, may_guess=len(raw) <= LONGEST_GUESSED)
    return Incoming(
        kind,
        _keys(message, returned, raw),
        failed,
        parseaddr(_header(returned, "To"))[1].lower() if returned is not None else "",
        parseaddr(_header(message, "From"))[1].lower(),
        _header(message, "Subject")[:200],
        _excerpt(text),
    )


def _excerpt(text: str) -> str:
    """Its beginning, for a person to read; without links, which may open a private page or a stranger's."""
    lines = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
    return LINK.sub(LINK_MASK, KEY.sub(LINK_MASK, lines[: 2 * LONGEST_EXCERPT]))[:LONGEST_EXCERPT]


def _walk(message: Message) -> Iterator[Message]:
    """Its parts; what stands in a mail that came back belongs to that one."""
    yield message
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _walk(part)


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))
    with suppress(ValueError, LookupError, MessageError):  # else as it stands
        value = str(make_header(decode_header(value)))
    return " ".join(_clean(value).split())


def _clean(text: str) -> str:
    """Without what no database takes."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _text(part: Message) -> str:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return ""
    try:
        found = body[:LONGEST_GUESSED].decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        found = body[:LONGEST_GUESSED].decode("utf-8", "replace")
    found = "\n".join(line[:LONGEST_LINE] for line in _clean(found).splitlines())
    return re.sub(r"<[^<>@]*>", " ", found) if part.get_content_subtype() == "html" else found


def _returned(part: Message) -> Message | None:
    """The mail that did not arrive, or its headers."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return inner if isinstance(inner, Message) else None
    if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        headers = part.get_payload(decode=True)
        return email.message_from_bytes(headers) if isinstance(headers, bytes) else None
    return None


def _keys(message: Message, returned: Message | None, raw: bytes) -> tuple[str, ...]:
    """Of our mails that are named: by what came back, by what it answers, or anywhere in it."""
    places = [str(returned.get("Message-ID", "")) if returned is not None else ""]
    places += [str(message.get(name, "")) for name in ("In-Reply-To", "References")]
    places += [raw[: 4 * LONGEST_GUESSED].replace(b"=\r\n", b"").replace(b"=\n", b"").decode("ascii", "replace")]
    return tuple(dict.fromkeys(key for place in places for key in KEY.findall(place)))


def _judge(message: Message, parts: list[Message], text: str, *, may_guess: bool) -> tuple[Kind, dict[str, str]]:
    types = {part.get_content_type() for part in parts}
    if "message/feedback-report" in types or message.get_param("report-type") == "feedback-report":
        return Kind.COMPLAINT, {}
    if blocks := [part for part in parts if _is_block(part)] or list(_other_blocks(parts)):
        final = list(filter(_is_final, blocks))
        return (Kind.FAILURE if final else Kind.WAITING), dict(_failures(final))
    if "message/disposition-notification" in types:
        return Kind.AUTOMATIC, {}
    own, has_copy = cut_copy(text)
    has_copy = has_copy or any(_returned(part) is not None for part in parts)
    if _is_automatic(message, has_copy=has_copy):
        return Kind.AUTOMATIC, {}
    if not may_guess or not _is_from_a_mailer(message, has_copy=has_copy):
        return Kind.MESSAGE, {}
    return guess(message, own)


def _is_block(part: Message) -> bool:
    return "Action" in part or ("Final-Recipient" in part and "Status" in part)


def _is_final(block: Message) -> bool:
    """Has it failed for good? Providers have words of their own for that; the first word counts, and the status."""
    action = _header(block, "Action").lower().partition(" ")[0]
    return action in FINAL or (action not in NOT_FINAL and _header(block, "Status").startswith("5"))


def _other_blocks(parts: Iterable[Message]) -> Iterator[Message]:
    """Of the form for addresses beyond ASCII (RFC 6533), or encoded: Python leaves them as one text."""
    for part in parts:
        if part.get_content_type() in ("message/global-delivery-status", "message/delivery-status"):
            inner = part.get_payload()
            nested = [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
            text = "".join(one.as_string() for one in nested) or str(inner)
            is_encoded = _header(part, "Content-Transfer-Encoding").lower() == "base64"
            body = b64decode(text) if is_encoded else text.encode("utf-8", "replace")
            blocks = re.split(rb"\r?\n\r?\n", body)
            yield from (block for one in blocks if _is_block(block := email.message_from_bytes(one)))


def _failures(blocks: Iterable[Message]) -> Iterator[tuple[str, str]]:
    """Address → what is said of it. A block without an address names nobody, and a person has to look."""
    for block in blocks:
        said = (_header(block, "Diagnostic-Code") or _header(block, "Status"))[:LONGEST_DIAGNOSTIC]
        for name in ("Original-Recipient", "Final-Recipient"):
            address = _header(block, name).rpartition(";")[2].strip(" <>").lower()
            if address:
                yield address, said


def _is_automatic(message: Message, *, has_copy: bool) -> bool:
    if "X-Failed-Recipients" in message:
        return False
    says_so = AUTOMATIC_SUBJECT.match(_header(message, "Subject")) or any(name in message for name in AUTOMATIC_HEADERS)
    submitted = _header(message, "Auto-Submitted").lower().startswith("auto-replied") and not has_copy
    precedence = _header(message, "Precedence").lower() in ("auto_reply", "auto-reply")
    return bool(says_so or submitted or precedence)


def _is_from_a_mailer(message: Message, *, has_copy: bool) -> bool:
    """Is it written by a mail server? An empty return path says nothing: automatic replies have it, too."""
    if "X-Failed-Recipients" in message:
        return True
    sender = parseaddr(_header(message, "From"))[1].partition("@")[0]
    if MAILERS.fullmatch(sender):
        return True
    is_answer = "In-Reply-To" in message and ANSWER.match(_header(message, "Subject")) is not None
    return has_copy and not is_answer and MAYBE_MAILERS.fullmatch(sender) is not None
