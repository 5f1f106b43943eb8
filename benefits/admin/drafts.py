"""What the admin's pages of drafts share: published editions are read, drafts edited, and their editor is noted."""

from typing import Any, ClassVar

from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from benefits.choices import EditionState
from benefits.models import ServiceDescription


def edition_of(row: Any) -> ServiceDescription | None:
    """The edition that an edition, its row, or a row's own row belongs to."""
    if row is None or isinstance(row, ServiceDescription):
        return row
    parent = getattr(row, "plan", None) or getattr(row, "workload", None)
    return row.edition if hasattr(row, "edition_id") else edition_of(parent)


def drafts() -> Any:
    return ServiceDescription.objects.filter(state=EditionState.DRAFT)


def newest_draft() -> Any:
    return drafts().order_by("-pk").first()


class OwnEdition(BaseModelAdmin):
    """Pickers hold the rows of one edition alone: names are the same in every edition."""

    PICKERS: ClassVar[set[str]] = {"family", "workload", "plan", "replaced_by"}

    def edition_at_hand(self, request: HttpRequest) -> ServiceDescription | None:
        """Of the row that is changed; for a new one the draft that the address names, else the newest."""
        place = request.resolver_match
        pk = place.kwargs.get("object_id", "") if place else ""
        if pk.isdecimal():
            model = getattr(self, "parent_model", self.model)
            return edition_of(model.objects.filter(pk=pk).first())
        asked = request.GET.get("edition", "")
        named = drafts().filter(pk=asked).first() if asked.isdecimal() else None
        found: ServiceDescription | None = named or newest_draft()
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        edition = self.edition_at_hand(request)
        if db_field.name == "edition":
            kwargs |= {"queryset": drafts().filter(pk=edition.pk if edition else None), "initial": edition}
            kwargs |= {"empty_label": None, "help_text": _("To add to another draft, start from its page.")}
        elif db_field.name in self.PICKERS:
            kwargs["queryset"] = db_field.related_model.objects.filter(edition=edition)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class DraftOnly(OwnEdition):
    """Rows of a published edition are read-only; a copy to a draft is edited instead."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_change_permission(request, obj)
        return bool(may and (edition is None or edition.is_draft))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_delete_permission(request, obj)
        return bool(may and edition is not None and edition.is_draft)


class DraftOnlyInline(DraftOnly, InlineModelAdmin):
    """Inline rows follow the edition of the row they stand in."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = edition_of(obj)
        may = super().has_add_permission(request, obj)
        return bool(may and (edition is None or edition.is_draft))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)
