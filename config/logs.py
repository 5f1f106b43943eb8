"""What is written to the log: private tokens never are, whoever logs the address or message they stand in."""

import logging
import re
from typing import Any

MASK = "[private]"
TOKENS = re.compile(
    r"""(?:(?<![0-9a-f])|(?<=%2f))[0-9a-f]{48}(?![0-9a-f])|"""
    r"""(?P<before>(?:/|%2[Ff])(?:key|confirm-email|yours|sent)(?:/|%2[Ff]))[^/\s"'%]+"""
)
_make_record = logging.getLogRecordFactory()


def mask_tokens(text: str) -> str:
    """The text with what opens a private page put out of it."""
    return TOKENS.sub(lambda found: (found["before"] or "") + MASK, text)


def _make_masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _make_record(*args, **kwargs)
    said = str(record.msg)
    try:
        said = record.getMessage()
    except Exception:  # noqa: BLE001 (whatever the arguments raise)
        return record  # its handler says what is wrong with it
    masked = mask_tokens(said)
    if masked != said:
        record.msg, record.args = masked, None
    return record


def mask_every_record() -> None:
    """Mask whatever this process logs, by any logger and to any handler, the web server's own among them."""
    logging.setLogRecordFactory(_make_masked)


class MaskedFormatter(logging.Formatter):
    """Also what the text of an exception says."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_tokens(super().format(record))
