"""The WSGI application, for gunicorn."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Request(WSGIRequest):
    """A request whose content type may be nonsense: it is refused like any other bad request, not with a traceback."""

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in the stubs
        except (ValueError, LookupError):
            self._encoding = None
            self.content_type, self.content_params = None, {"charset": "unreadable"}


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)

from config.warming import warm_up  # noqa: E402 (it imports what has to be set up first)

warm_up()
application = Handler()
