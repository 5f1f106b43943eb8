"""What the admin's pages of drafts share: published editions are read, drafts edited, and their editor is noted."""

from typing import Any

from django.contrib.admin.options import BaseModelAdmin, InlineModelAdmin
from django.http import HttpRequest

from benefits.models import ServiceDescription


def edition_of(row: Any) -> ServiceDescription | None:
    """The edition that an edition, its row, or a row's own row belongs to."""
    if row is None or isinstance(row, ServiceDescription):
        return row
    parent = getattr(row, "plan", None) or getattr(row, "workload", None)
    return row.edition if hasattr(row, "edition_id") else edition_of(parent)


class DraftOnly(BaseModelAdmin):
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
