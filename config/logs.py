"""What is written to the log: private tokens, addresses of people and rows of theirs never are, whoever logs them."""

import logging
import re
import time
from typing import Any

MASK = "[private]"
TOKENS = re.compile(
    r"""(?:(?<![0-9a-f])|(?<=%2f))[0-9a-f]{48}(?![0-9a-f])|"""
    r"""(?P<before>(?:/|%2[Ff])(?:key|confirm-email|yours|sent|calendar)(?:/|%2[Ff]))[^/\s"'%]+"""
)
EMAIL = re.compile(r"[\w.+=%-]+@[\w-]+(?:\.[\w-]+)+")
# What PostgreSQL says of the row it refused, up to what the message or the traceback goes on with.
ROW = re.compile(r"(?<=DETAIL: ).*?(?=\n(?:CONTEXT|HINT): |\n\s*\n|\nTraceback |\Z)", re.DOTALL)
QUOTED = re.compile(r"""['"“].*['"”]""")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_make_record = logging.getLogRecordFactory()


def mask_private(text: str) -> str:
    """The text without what opens a private page, email addresses, and rows that the database has quoted."""
    text = TOKENS.sub(lambda found: (found["before"] or "") + MASK, text)
    return EMAIL.sub(MASK, ROW.sub(MASK, text))


def _make_masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _make_record(*args, **kwargs)
    said = str(record.msg)
    try:
        said = record.getMessage()
    except Exception:  # noqa: BLE001 (whatever the arguments raise)
        return record  # its handler says what is wrong with it
    masked = mask_private(said)
    if masked != said:
        record.msg, record.args = masked, None
    return record


def mask_every_record() -> None:
    """Mask whatever this process logs, by any logger and to any handler, the web server's own among them."""
    logging.setLogRecordFactory(_make_masked)


class MaskedFormatter(logging.Formatter):
    """Also what the text of an exception says, and whatever it quotes: often the value that it could not take.

    A message is one line, whatever stands in it; times are in UTC.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        record.message = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return mask_private(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        lines = mask_private(super().formatException(ei)).splitlines()
        return "\n".join(line if line.startswith((" ", "Traceback ")) else QUOTED.sub(MASK, line) for line in lines)
