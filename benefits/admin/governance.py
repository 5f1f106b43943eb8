"""Django admin of what keeps the catalogue right: golden scenarios, reports of errors, products nobody knows."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import BenefitEligible, EditionState, OutsideReason
from benefits.domain.json_input import InputError, read_json
from benefits.models import (
    CatalogueReport,
    GoldenScenario,
    OutsideProduct,
    Plan,
    PlanSku,
    ServiceDescription,
    UnknownProduct,
)
from benefits.services.editions import edition_in_force, note_editor, open_draft
from benefits.services.governing import GovernanceRefused, read_golden
from benefits.services.products.unknown import add_to_plan, count_holders, make_plan_of, put_outside


class StrictJSONField(forms.JSONField):
    """JSON as an uploaded file is read: bounded and strict, with the line of what is wrong."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                found = read_json(value)
            except InputError as error:
                raise ValidationError(str(error)) from None
            if "\\u0000" in json.dumps(found):
                raise ValidationError(gettext("Remove the NUL character."))
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was typed."""
        return InvalidJSONInput(data) if data else initial


class GoldenScenarioForm(forms.ModelForm):
    """Refuses a situation that the edition in force cannot read, with the place."""

    situation = StrictJSONField(label=_("Situation"), widget=forms.Textarea(attrs={"rows": 24, "cols": 90}))
    expected = StrictJSONField(label=_("Expected"), widget=forms.Textarea(attrs={"rows": 8, "cols": 90}))

    class Meta:
        model = GoldenScenario
        fields = ("code", "title", "situation", "expected", "is_active")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("situation") is not None and data.get("expected") is not None:
            try:
                read_golden(data["situation"], data["expected"], edition_in_force(timezone.localdate())[1])
            except InputError as error:
                words = {"place": error.place.removeprefix("[0]").lstrip(".") or gettext("it"), "cause": error.cause}
                raise ValidationError(gettext("The situation isn’t valid: %(place)s: %(cause)s") % words) from None
        return data


@admin.register(GoldenScenario)
class GoldenScenarioAdmin(admin.ModelAdmin):
    form = GoldenScenarioForm
    list_display = ["code", "title", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "title"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Scenarios are switched off; sign-offs refer to them."""
        return False


@admin.register(CatalogueReport)
class CatalogueReportAdmin(admin.ModelAdmin):
    list_display = ["workload_code", "text", "state", "reported_by", "reported_at", "edition"]
    list_filter = ["state", "edition"]
    list_select_related = ["reported_by", "edition"]
    search_fields = ["workload_code", "text"]
    readonly_fields = ["edition", "workload_code", "text", "seen", "reported_by", "reported_at"]
    fields = [*readonly_fields, "state", "answer"]

    @admin.display(description=_("seen on"))
    def seen(self, row: CatalogueReport) -> str:
        return ", ".join(f"{name} {value}" for name, value in row.context.items() if value)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PlanChoiceForm(forms.Form):
    """Which plan an unknown product is a SKU of: one of the draft's, or a new one of its own."""

    plan = forms.ModelChoiceField(
        Plan.objects.none(), label=_("Plan"), required=False, empty_label=_("A new plan, named below")
    )
    name = forms.CharField(label=_("Name of a new plan"), max_length=200, required=False)
    family = forms.ChoiceField(label=_("Its family"))
    benefit_eligible = forms.ChoiceField(
        label=_("Its eligibility"), choices=BenefitEligible.choices, initial=BenefitEligible.UNVERIFIED
    )

    def __init__(self, *args: Any, draft: ServiceDescription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = draft.plans.all()  # type: ignore[attr-defined]
        families = draft.productfamilys.values_list("code", "name")
        self.fields["family"].choices = list(families)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("plan") is None and not data.get("name"):
            self.add_error("name", gettext("Select a plan above, or enter a new one."))
        return data


class OutsideForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=OutsideReason.choices)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


def _find_product(pk: int) -> UnknownProduct:
    try:
        return UnknownProduct.objects.get(pk=pk)
    except UnknownProduct.DoesNotExist as missing:
        raise Http404 from missing


def _find_draft(request: HttpRequest) -> ServiceDescription:
    """The newest draft, changed by this person now; without one it is made of the edition in force."""
    draft = open_draft(now=timezone.now(), by=request.user)  # type: ignore[arg-type]
    note_editor(draft, request.user)  # type: ignore[arg-type]
    return draft


@admin.register(UnknownProduct)
class UnknownProductAdmin(admin.ModelAdmin):
    list_display = ["part_number", "what_it_is", "seen", "sku_id"]
    list_filter = ["is_ignored", ("plan_code", admin.EmptyFieldListFilter)]
    list_select_related = ["last_seen_in", "last_seen_by"]
    search_fields = ["part_number", "sku_id"]
    readonly_fields = [
        *("part_number", "sku_id", "times_seen", "first_seen_at", "last_seen_at", "last_seen_in", "last_seen_by"),
        "plan_code",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnknownProduct]:
        """With whether an edition knows the product by now: what was said in a draft goes with the draft."""
        same = {"part_number": OuterRef("part_number")}
        skus, outside = PlanSku.objects.filter(**same), OutsideProduct.objects.filter(**same)
        rows: QuerySet[UnknownProduct] = super().get_queryset(request)
        return rows.annotate(is_sku=Exists(skus), is_outside=Exists(outside))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        ours = [
            path("<int:pk>/plan/", wrap(self.make_plan), name="benefits_unknownproduct_plan"),
            path("<int:pk>/outside/", wrap(self.put_outside), name="benefits_unknownproduct_outside"),
        ]
        return [*ours, *super().get_urls()]

    @admin.display(description=_("Seen"), ordering="times_seen")
    def seen(self, row: UnknownProduct) -> str:
        words = {
            "times": ngettext("%(times)s time", "%(times)s times", row.times_seen) % {"times": row.times_seen},
            "by": row.last_seen_by or gettext("the requester"),
            "day": f"{row.last_seen_at:%-d %b %Y}",
            "tenant": row.last_seen_in,
        }
        if row.last_seen_in:
            return gettext("%(times)s, last by %(by)s on %(day)s in %(tenant)s") % words
        return gettext("%(times)s, last by %(by)s on %(day)s") % words

    @admin.display(description=_("what it is"))
    def what_it_is(self, row: UnknownProduct) -> SafeString | str:
        if row.plan_code and row.is_sku:  # type: ignore[attr-defined]
            return gettext("plan %(plan)s, in a draft or published since") % {"plan": row.plan_code}
        if row.outside_reason and row.is_outside:  # type: ignore[attr-defined]
            words = {"reason": row.get_outside_reason_display().lower()}
            return gettext("outside the Benefit (%(reason)s), in a draft or published since") % words
        if row.is_ignored:
            return gettext("ignored; not covered by the Benefit in every draft")
        names = ("plan", "outside")
        plan, outside = (reverse(f"admin:benefits_unknownproduct_{name}", args=[row.pk]) for name in names)
        links = ((plan, gettext("Add as plan")), (outside, gettext("Mark as outside the Benefit")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def make_plan(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add an unknown product to a plan of the newest draft, which is made when there is none."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        product = _find_product(pk)
        draft = ServiceDescription.objects.filter(state=EditionState.DRAFT).order_by("-id").first()
        base = draft or ServiceDescription.objects.in_force(timezone.localdate()).get()
        form = PlanChoiceForm(request.POST or None, draft=base, initial={"name": product.part_number})
        if request.method == "POST" and form.is_valid():
            try:
                return self._add(request, product, form.cleaned_data)
            except GovernanceRefused as error:
                form.add_error(None, str(error))
        note = gettext("There is no draft. One will be created from the current edition.")
        note = gettext("In %(draft)s.") % {"draft": draft} if draft else note
        title = gettext("What is %(product)s?") % {"product": product.part_number}
        return self._ask(request, title, form, gettext("Add to the draft"), note)

    @transaction.atomic
    def _add(self, request: HttpRequest, product: UnknownProduct, chosen: dict[str, Any]) -> HttpResponse:
        draft = _find_draft(request)
        known = chosen.pop("plan")
        plan = draft.plans.get(code=known.code) if known else make_plan_of(product, draft, **chosen)
        add_to_plan(product, plan)
        words = {"product": product.part_number, "plan": plan, "draft": draft}
        self.message_user(request, gettext("%(product)s is a SKU of %(plan)s in %(draft)s.") % words)
        return HttpResponseRedirect(reverse("pages:draft", args=[draft.pk]))

    def put_outside(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say in the newest draft that an unknown product has no part in the Benefit, and why."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        product = _find_product(pk)
        form = OutsideForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    draft = _find_draft(request)
                    put_outside(product, draft, **form.cleaned_data)
            except GovernanceRefused as error:
                form.add_error(None, str(error))
            else:
                words = {"product": product.part_number, "draft": draft}
                said = gettext("%(product)s is outside the Benefit in %(draft)s.") % words
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(reverse("pages:draft", args=[draft.pk]))
        held = count_holders(product)
        holders = ngettext("%(held)s customer holds it.", "%(held)s customers hold it.", held) % {"held": held}
        effect = gettext("Once the draft is published, the product is ignored for this reason.")
        title = gettext("Is %(product)s outside the Benefit?") % {"product": product.part_number}
        return self._ask(request, title, form, gettext("Add to the draft"), f"{holders} {effect}")

    def _ask(self, request: HttpRequest, title: str, form: forms.Form, submit: str, note: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "form": form, "submit": submit}
        context |= {"opts": self.opts, "note": note}
        return TemplateResponse(request, "admin/benefits/act.html", context, status=422 if form.errors else 200)
