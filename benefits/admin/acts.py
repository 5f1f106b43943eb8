"""Admin acts with one question each: retire on a date, rename, move in or out of scope from a date."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from benefits.services.amending import AmendmentRefused, in_draft, move_scope, rename, retire

from .drafts import newest_draft

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class RetireForm(forms.Form):
    last_day = forms.DateField(label=_("Last effective day"), widget=date_input())


class RenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=200, help_text=_("The old name becomes an alias."))


class MoveScopeForm(forms.Form):
    first_day = forms.DateField(
        label=_("Scope flips on this date"),
        help_text=_("The current entry ends the day before and a new one starts."),
        widget=date_input(),
    )


def _change_all(rows: list[Any], change: Callable[..., object], form: forms.Form, by: Any) -> bool:
    """Change every row or none; why not becomes the form's error."""
    try:
        with transaction.atomic():
            in_drafts = {one.pk: one for one in (in_draft(row, now=timezone.now(), by=by) for row in rows)}
            for row in in_drafts.values():  # once, where a row was selected in both editions
                change(row, **form.cleaned_data, by=by)
    except AmendmentRefused as error:
        form.add_error(None, str(error))
        return False
    return True


def _done(title: "StrOrPromise", rows: list[Any]) -> SafeString:
    """What was changed, and in which draft."""
    draft = rows[0].edition if rows[0].edition.is_draft else newest_draft()
    words = gettext("{act}: {number} updated in draft <a href='{address}'>{draft}</a>.")
    address = reverse("pages:draft", args=[draft.pk])
    return format_html(words, act=title, number=len(rows), address=address, draft=draft.name)


def _act(
    name: str, title: "StrOrPromise", form_class: type[forms.Form], change: Callable[..., object], *, most: int = 200
) -> Callable[..., HttpResponse | None]:
    """An admin action that asks its question on a page of its own, and changes all selected rows or none."""

    def run(modeladmin: admin.ModelAdmin, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        rows = list(chosen.select_related("edition"))
        if len(rows) > most:
            words = ngettext("Select one row.", "Select up to %(most)s rows.", most) % {"most": most}
            modeladmin.message_user(request, words, messages.ERROR)
            return None
        is_published = any(not row.edition.is_draft for row in rows)
        form = form_class(request.POST if "apply" in request.POST else None)
        if form.is_valid() and _change_all(rows, change, form, request.user):
            modeladmin.message_user(request, _done(title, rows))
            return None
        context = {**modeladmin.admin_site.each_context(request), "title": title, "form": form, "rows": rows}
        context |= {"is_published": is_published, "draft": newest_draft()}
        context |= {"opts": modeladmin.opts, "action": name, "selected": ACTION_CHECKBOX_NAME, "submit": title}
        return TemplateResponse(request, "admin/benefits/act.html", context, status=422 if form.errors else 200)

    run.__name__ = name
    run.short_description = title  # type: ignore[attr-defined]
    run.allowed_permissions = ("change",)  # type: ignore[attr-defined]
    return run


retire_act = _act("retire_act", _("Retire on a date"), RetireForm, retire)
rename_act = _act("rename_act", _("Rename (keeps the old name as an alias)"), RenameForm, rename, most=1)
move_scope_act = _act("move_scope_act", _("Change scope from a date"), MoveScopeForm, move_scope)
