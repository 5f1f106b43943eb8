"""The tables of a draft as CSV: one resource a table, rows known by their codes, checked before anything is kept."""

import datetime as dt
import uuid
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export import resources, widgets

from benefits.domain.numbers import read_day, read_whole_number
from benefits.models import ServiceDescription

DATED = ("effective_from", "effective_to", "sources", "verified_on")
YES, NO = ("1", "yes", "true"), ("0", "no", "false")
SEPARATOR = "; "
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(FORMULA_MARKS) else cell


class ListWidget(widgets.Widget):
    """A list in one cell, its entries separated by semicolons."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [part.strip() for part in str(value or "").split(";") if part.strip()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return SEPARATOR.join(value or [])


class CodeWidget(widgets.ForeignKeyWidget):
    """Another row of the same edition, by its code. ``edition`` is set by the resource; its rows are read once."""

    edition: ServiceDescription | None = None

    @cached_property
    def rows(self) -> dict[str, Any]:
        return {row.code: row for row in self.model.objects.filter(edition=self.edition)}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if not value:
            return None
        if value not in self.rows:
            raise ValueError(_("“%(value)s” isn’t a code in this edition") % {"value": value})
        return self.rows[value]


class FlagWidget(widgets.Widget):
    """Yes or no; anything else is refused."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        word = str(value or "").strip().lower()
        if word not in (*YES, *NO):
            raise ValueError(_("“%(value)s” must be yes or no") % {"value": value})
        return word in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


class NumberWidget(widgets.IntegerWidget):
    """A whole number; one with a fraction is refused, not cut."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if self.is_empty(value):
            return None
        try:
            return read_whole_number(str(value))
        except ValueError:
            raise ValueError(_("“%(value)s” isn’t a whole number") % {"value": str(value)[:40]}) from None


class DayWidget(widgets.DateWidget):
    """A day that can be read in one way."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        if value in (None, ""):
            return None
        try:
            return read_day(str(value))
        except ValueError:
            said = _("“%(value)s” isn’t a clear date; enter it as 2026-11-29")
            raise ValueError(said % {"value": str(value)[:40]}) from None


class UuidWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> uuid.UUID | None:
        """The id; of an empty cell none, which a column that must not be empty refuses."""
        if not value:
            return None
        try:
            return uuid.UUID(str(value))
        except ValueError:
            raise ValueError(_("“%(value)s” isn’t a UUID") % {"value": value}) from None


class PlainDiff:
    """What a row was and becomes, as text: no markup that a strict content security policy refuses."""

    def __init__(self, resource: Any, instance: Any, new: bool) -> None:
        self.resource = resource
        self.before = [] if new else self._cells(instance)
        self.after: list[str] = []

    def _cells(self, instance: Any) -> list[str]:
        return [field.export(instance) for field in self.resource.get_user_visible_fields()]

    def compare_with(self, resource: Any, instance: Any, dry_run: bool = False) -> None:
        self.after = self._cells(instance) if instance else []

    def as_html(self) -> list[str]:
        if not self.before or not self.after:
            return [str(cell) for cell in self.after or self.before]
        pairs = zip(self.before, self.after, strict=True)
        return [str(now) if was == now else f"{was or '–'} → {now or '–'}" for was, now in pairs]


class EditionResource(resources.ModelResource):
    """A table of one draft. A column ``delete`` with “yes” takes the row out."""

    edition_path = "edition"
    related: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  # columns that may be left out: they are empty then

    def __init__(self, edition: ServiceDescription | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.edition = edition
        for field in self.fields.values():
            if isinstance(field.widget, CodeWidget):
                field.widget.edition = edition

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = widgets.Widget) -> Any:
        kind = f.get_internal_type()
        if kind == "DateField":
            return DayWidget
        return NumberWidget if "Integer" in kind else super().widget_from_django_field(f, default)

    @classmethod
    def admin_name(cls) -> str:
        """The table as the admin's addresses name it."""
        return f"benefits_{cls._meta.model.__name__.lower()}"

    def get_queryset(self) -> Any:
        rows = self._meta.model.objects.filter(**{self.edition_path: self.edition}).order_by("pk")
        return rows.select_related(*self.related) if self.related else rows

    def init_instance(self, row: Any = None) -> Any:
        instance = super().init_instance(row)
        if self.edition_path == "edition":
            instance.edition = self.edition
        return instance

    def for_delete(self, row: Any, instance: Any) -> bool:
        return str(row.get("delete", "")).strip().lower() in YES

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> str:
        """A cell that no spreadsheet takes for a formula."""
        return neutralise(str(super().export_field(field, instance, **kwargs) or ""))

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Take the mark off again that keeps a cell from being a formula."""
        for name, cell in row.items():
            if isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA_MARKS):
                row[name] = cell[1:]

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Refuse a file whose columns are not those of the table, before any row is read."""
        wanted = [field.column_name for field in self.get_user_visible_fields()]
        for name in self.optional:
            if dataset.headers and name not in dataset.headers:
                dataset.append_col([""] * len(dataset), header=name)
        headers = dataset.headers or []
        missing = [name for name in wanted if name not in headers]
        strange = [name for name in headers if name not in (*wanted, "delete")]
        problems = [_("column %(name)s is missing") % {"name": name} for name in missing]
        problems += [_("column %(name)s is unknown") % {"name": name} for name in strange]
        if len(problems) > 5:
            more = len(problems) - 5
            said = ngettext("and %(number)s more columns", "and %(number)s more columns", more)
            problems[5:] = [said % {"number": more}]
        if problems:
            raise ValidationError("; ".join(problems))
        _refuse_repeated_rows(dataset, self._meta.import_id_fields)

    def get_diff_class(self) -> type[PlainDiff]:
        return PlainDiff


def _refuse_repeated_rows(dataset: Any, names: tuple[str, ...]) -> None:
    """Two rows of one key: which of them would be meant is not for us to guess."""
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(dataset.dict, 1):
        key = tuple(str(row[name]) for name in names)
        if key in seen:
            words = {"row": number, "columns": ", ".join(names), "first": seen[key], "key": " ".join(key)}
            raise ValidationError(_("row %(row)s: %(columns)s duplicate row %(first)s: %(key)s") % words)
        seen[key] = number


class Options:
    """How every table is imported: all rows or none, and each checked as the admin's own forms check it."""

    use_transactions = True
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
