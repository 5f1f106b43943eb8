"""Addresses of the pages, room by room, and the kinds of parts that stand in them."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from accounts.sealing import seal, unseal

app_name = "pages"


class PublicId(StringConverter):
    """REF-7K3M-9QXA, and the like for offers and partners."""

    regex = "[A-Z]{3}-[A-Z0-9]{4}-[A-Z0-9]{4}"


class Token(StringConverter):
    """The unguessable part of a private link."""

    regex = "[0-9a-f]{48}"


class Sealed:
    """A row's number that only this installation can read; an address gives its kind with its name: ``export``."""

    regex = "[0-9a-f]{32}"
    kind = ""

    def to_python(self, value: str) -> int:
        number = unseal(self.kind, value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return seal(self.kind, value)


class SealedExport(Sealed):
    kind = "export"


class SealedInquiry(Sealed):
    kind = "inquiry"


class SealedFact(Sealed):
    kind = "fact"


class SealedFeed(Sealed):
    kind = "calendar"


register_converter(SealedExport, "export")
register_converter(SealedFact, "fact")
register_converter(SealedFeed, "feed")
register_converter(SealedInquiry, "inquiry")
register_converter(PublicId, "public_id")
register_converter(Token, "token")

urlpatterns = [
    path("", include(f"pages.{room}.urls"))
    for room in (
        "intake",
        "requester",
        "styleguide",
        "partner",
        "desk",
        "history",
        "foreseeing",
        "notifications",
        "escalations",
        "lists",
        "editions",
        "lab",
        "team",
    )
]
