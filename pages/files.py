"""Tables as files to download."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from benefits.resources import neutralise


def csv_file(name: str, lines: Iterable[Sequence[object]]) -> HttpResponse:
    """Lines of cells as CSV that Excel reads as UTF-8, and in which no text becomes a formula."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return answer
