"""The public request in steps: each a part of the one form, and all of it checked before it is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.domain.catalogue import Edition
from pages.fields import MOST_PLAN_ROWS, say_seats
from pages.intake.forms import RfaForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLANS = "plans"
SEVERAL = ("areas", "workloads", "services", "languages")


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the request. ``says`` tells what the answers are for."""

    slug: str
    title: "StrOrPromise"
    says: "StrOrPromise"
    fields: tuple[str, ...]


STEPS = (
    Step(
        "who",
        _("About you"),
        _("We’ll email you a link to confirm your address."),
        ("requester_kind", "requester_name", "requester_email", "requester_phone"),
    ),
    Step(
        "customer",
        _("Your organization"),
        _("We use this to check eligibility and find a local partner."),
        ("customer_name", "country", "industry", "size_band"),
    ),
    Step(
        "tenant",
        _("Tenant"),
        _("We use this to find the plans and partners that fit."),
        ("domain", "audience", "tenant_id", "rfa_id"),
    ),
    Step(
        PLANS,
        _("Plans"),
        _("This page is optional. You can add these later. Leave seats blank if unknown."),
        (),
    ),
    Step(
        "wanted",
        _("What you need"),
        _("Select what you want to deploy."),
        ("text", "areas", "workloads", "services"),
    ),
    Step(
        "when",
        _("Timing and delivery"),
        _("Partners see this before accepting."),
        ("wanted_from", "delivery", "languages"),
    ),
)
BY_SLUG = {step.slug: step for step in STEPS}
SLUGS = tuple(BY_SLUG)


def names_of(step: Step) -> list[str]:
    """Every name that a step may post."""
    if step.slug != PLANS:
        return list(step.fields)
    return [f"{kind}_{number}" for number in range(1, MOST_PLAN_ROWS + 1) for kind in ("plan", "seats")]


class StepForm(RfaForm):
    """The part of the request that one step asks for."""

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = set(names_of(step)) | ({"website"} if step is STEPS[0] else set())
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]

    def asked(self) -> list[forms.BoundField]:
        return [field for field in self if not field.is_hidden and field.name != "website"]


def as_initial(data: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a step shows again of what was typed."""
    return {name: values if name in SEVERAL else values[-1] for name, values in data.items() if values}


def whole_form(data: dict[str, list[str]], edition: Edition, **more: str) -> RfaForm:
    """The request as it stands in a draft, with what the last page adds."""
    return RfaForm(MultiValueDict(data | {name: [value] for name, value in more.items()}), edition=edition)


def faulty_steps(form: RfaForm) -> list[Step]:
    """Steps that have to be gone through again, in order; of the last page nothing."""
    return [step for step in STEPS if set(names_of(step)) & set(form.errors)]


def summary(form: RfaForm, to_check: list[tuple[str, str]]) -> Iterator[tuple[Step, list[tuple[str, str]]]]:
    """Each step with its questions and answers in words; what was not answered is “Not provided”.

    ``to_check``: what an export lists and the rows of plans cannot show.
    """
    for step in STEPS:
        if step.slug == PLANS:
            rows = [(_words(plan), say_seats(seats.value())) for plan, seats in form.plan_rows() if plan.value()]
            rows += [(name, gettext("We will check: %(why)s") % {"why": why}) for name, why in to_check]
        else:
            rows = [(str(form.base_fields[name].label), _words(form[name])) for name in step.fields]
        yield step, [(label, words or gettext("Not provided")) for label, words in rows]


def _words(field: forms.BoundField) -> str:
    value = field.value()
    values = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value or "")]
    choices = getattr(field.field, "choices", None)
    if choices is None:
        return values[0]
    names: dict[str, str] = {}
    for key, label in choices:
        names |= {str(k): str(v) for k, v in label} if isinstance(label, list | tuple) else {str(key): str(label)}
    return ", ".join(names.get(one, one) for one in values if one)
