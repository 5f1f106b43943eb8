"""What the commands share that read a file: ``-`` is standard input, and one clear line when it fails."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError

from benefits.domain.catalogue import Edition
from benefits.services.shipped import NEWEST, SHIPPED, load_shipped_edition

UNREADABLE = 2
MAX_READ = 80 * 1024 * 1024


def read_input(name: str) -> bytes:
    """Bytes of a file or of standard input. Raises CommandError (exit 2)."""
    try:
        if name == "-" and sys.stdin is None:
            raise unreadable(name, "is closed")
        if name == "-":
            return sys.stdin.buffer.read(MAX_READ + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_READ + 1)
    except OSError as error:
        raise unreadable(name, error.strerror or str(error)) from None


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """A file, or standard input as one that can be sought in. Raises CommandError (exit 2)."""
    if name == "-":
        yield BytesIO(read_input(name))
        return
    try:
        with Path(name).open("rb") as file:
            yield file
    except OSError as error:
        raise unreadable(name, error.strerror or str(error)) from None


def unreadable(name: str, cause: object) -> CommandError:
    return CommandError(f"{'standard input' if name == '-' else name}: {cause}", returncode=UNREADABLE)


def find_edition(name: str) -> Edition:
    """The newest shipped edition, the shipped one of that name, or the published one (which needs the database)."""
    if not name or name in SHIPPED:
        return load_shipped_edition(name or NEWEST)
    from benefits.models import ServiceDescription
    from benefits.services.editions import load_edition

    found = ServiceDescription.objects.published().filter(name=name).first()
    if found is None:
        raise CommandError(f"no published edition is named “{name}”", returncode=UNREADABLE)
    return load_edition(found.pk)
