"""How a request is taken in."""

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


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
