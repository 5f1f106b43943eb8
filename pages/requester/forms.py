"""What a requester fills in on its private pages; what it leaves out of an inquiry stays open."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.choices import Status
from benefits.domain.catalogue import Edition
from benefits.services.customers import FactRefused, Recorded, read_part
from pages.fields import PlainForm, PlanRowsForm, seats_field
from referrals.models import Inquiry
from referrals.models.inquiry import Asked

PLAN_ROWS = 4
PARTS = ("status", "note", "number")  # of a question, before its place
SAID = (
    ("", _("I don’t know")),
    (Status.ENABLED.value, _("Yes, for everyone")),
    (Status.PARTLY.value, _("Partially")),
    (Status.NOT_STARTED.value, _("No")),
    (Status.NO_INTENT.value, _("No, and we don’t want it")),
)


class OwnRequestsForm(PlainForm):
    """The address that somebody has sent requests from."""

    email = forms.EmailField(label=_("Your email address"), max_length=254)


class AnswerForm(PlanRowsForm):
    """The requester's answer: which plans, how many seats."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data["plans"] and not self.errors:
            self.add_error("plan_1", gettext("Select at least one plan."))
        return data


class InquiryForm(PlanRowsForm):
    """One field or two for each question, in their order."""

    rows = 0

    def __init__(self, *args: Any, inquiry: Inquiry, edition: Edition, **kwargs: Any) -> None:
        self.questions = inquiry.questions
        asks_plans = any(question["kind"] == Asked.PLANS for question in self.questions)
        super().__init__(*args, edition=edition, rows=PLAN_ROWS if asks_plans else 0, **kwargs)
        for place, question in enumerate(self.questions):
            if question["kind"] == Asked.WORKLOAD:
                status = forms.ChoiceField(
                    label=question["text"], choices=SAID, required=False, widget=forms.RadioSelect, initial=""
                )
                self.fields[f"status_{place}"] = status
                label = gettext("If partially: for which group, or how many users? Anything else?")
                self.fields[f"note_{place}"] = forms.CharField(label=label, max_length=300, required=False)
            elif question["kind"] == Asked.SEATS:
                self.fields[f"number_{place}"] = seats_field()
                self.fields[f"number_{place}"].label = question["text"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for place in range(len(self.questions)):
            if data.get(f"note_{place}") and not data.get(f"status_{place}"):
                self.add_error(f"status_{place}", gettext("Select an answer for your comment below."))
        if not self.errors and not any(self.answers(data)):
            raise ValidationError(gettext("Answer at least one question. You can leave others blank."))
        return data

    def answers(self, data: dict[str, Any] | None = None) -> list[dict[str, Any] | None]:
        """One answer for each question, as an inquiry keeps it."""
        said = self.cleaned_data if data is None else data
        return [_answer(place, question["kind"], said) for place, question in enumerate(self.questions)]

    def parts(self) -> list[tuple[dict[str, str], list[Any]]]:
        """Each question with its fields; the rows of plans stand in ``plan_rows``."""
        return [
            (question, [self[f"{name}_{place}"] for name in PARTS if f"{name}_{place}" in self.fields])
            for place, question in enumerate(self.questions)
        ]


def put_back(typed: Mapping[str, str], before: Inquiry | None, now: Inquiry) -> dict[str, str]:
    """What was typed for the questions ``before``, under the names of the same questions as they stand ``now``."""
    earlier = {_key(question): place for place, question in enumerate(before.questions if before else ())}
    names: dict[str, str] = {}
    for place, question in enumerate(now.questions):
        if _key(question) not in earlier:
            continue
        if question["kind"] == Asked.PLANS:
            names |= {name: name for name in typed if name.startswith(("plan_", "seats_"))}
        for part in PARTS:
            names[f"{part}_{place}"] = f"{part}_{earlier[_key(question)]}"
    return {name: typed[old] for name, old in names.items() if old in typed}


def _key(question: Mapping[str, str]) -> tuple[str, str, str]:
    return question["kind"], question["code"], question["tenant"]


def _answer(place: int, kind: str, said: dict[str, Any]) -> dict[str, Any] | None:
    if kind == Asked.PLANS:
        return {"plans": said["plans"]} if said.get("plans") else None
    if kind == Asked.SEATS:
        number = said.get(f"number_{place}")
        return None if number is None else {"seats": number}
    status, note = said.get(f"status_{place}"), said.get(f"note_{place}", "")
    return {"status": status, "note": note, "part": _part(status, note)} if status else None


def _part(status: str, note: str) -> str:
    """The note as a part, where it is one: “120 of 500”, or a group."""
    try:
        return note if read_part(Recorded(status, "", note)) else ""
    except FactRefused:
        return ""
