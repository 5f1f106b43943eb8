"""What is answered to whoever may not do something: why, and what was typed."""

import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NOT_TYPED = {"csrfmiddlewaretoken", "was", "seen", "list"}  # what a page carries itself
PARTS_OF_NAME = re.compile(r"[-:_\d]+")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say why it is not allowed, and give the posted texts back."""
    context = {"exception": str(exception or ""), "typed": "\n\n".join(dict.fromkeys(_texts(request)))}
    return render(request, "403.html", context, status=403)


def _texts(request: HttpRequest) -> Iterator[str]:
    """What was posted and reads like words of a person: ids, codes and choices have no blanks."""
    for name, values in request.POST.lists():
        if NOT_TYPED.isdisjoint(PARTS_OF_NAME.split(name)) and "password" not in name:
            yield from (value.strip() for value in values if len(value.split()) > 1)
