"""Every partial of the pages in its states, on facts that stand in no database: what the style guide shows."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from benefits.choices import Outcome, Status
from benefits.domain.asking.what_if import find_shortest_way
from benefits.domain.scope import list_scope
from benefits.services.changes import FactChange
from pages.desk.forms import SubscriptionsForm
from pages.desk.what_if import Outlook
from pages.desk.workspace import Workspace
from pages.fields import NoteForm
from pages.foreseeing.forms import NeedForm
from pages.intake.forms import RfaForm
from pages.lists.bulk import OFFER_ACTS
from pages.styleguide.example import ID, OFFER, Example
from pages.styleguide.lab_samples import of_the_lab
from pages.team.forms import HoldForm
from partners.domain.matching import Candidate, Verdict
from referrals.choices import EventKind, OfferState
from referrals.lists.offers import list_offers
from referrals.lists.state import read_state
from referrals.models import Event
from referrals.models.scheduled_report import Rhythm

REFERS = re.compile(r'\b(id|for|aria-labelledby|aria-describedby|form|list|href)="(#?)([a-z][^"/?]*)"')


@dataclass(frozen=True, slots=True)
class Sample:
    """A partial in one state, drawn."""

    partial: str
    state: str
    html: SafeString


def draw_samples(request: HttpRequest) -> Iterator[Sample]:
    """Every partial in every state, each with ids of its own, asking the server for nothing."""
    for number, (partial, state, context) in enumerate(_samples(Example())):
        drawn = render_to_string(f"{partial}.html", context, request)
        apart = REFERS.sub(rf'\1="\2\3-{number}"', drawn).replace(" hx-", " data-hx-")
        yield Sample(partial, state, mark_safe(apart))  # noqa: S308 (our own templates have escaped it)


Shown = Iterator[tuple[str, str, dict[str, Any]]]


def _samples(one: Example) -> Shown:
    yield from _of_determination(one)
    yield from _of_offer(one)
    yield from _of_others(one)
    yield from _of_lists(one)
    yield from _of_forms(one)
    yield from _of_routing(one)
    yield from _of_news(one)
    yield from _of_failures()
    yield from _of_editions(one)
    yield from of_the_lab()
    yield from _of_accounts()


def _of_accounts() -> Shown:
    tenant = {"provider_id": "11111111-2222-4333-8444-555555555555", "name": "Contoso"}
    yield "accounts/_elsewhere", "", {"tenants": [tenant]}
    yield "accounts/_passkey_problem", "", {}


def _of_areas(page: dict[str, Any], workspace: Workspace) -> Shown:
    area = workspace.areas[0]
    yield "desk/_area_count", "", {"area": area}
    yield "desk/_area", "", page | {"workspace": workspace, "area": area}
    yield "desk/_recorded", "", {"row": next(row for row in area.rows if row.fact or row.code), "may_record": True}


def _of_determination(one: Example) -> Shown:
    remaining, unknown = one.workspace(INTUNE="not_enabled", TEAMS="enabled"), one.workspace()
    page = {"referral": one.referral, "facts_url": ID, "may_record": True, "statuses": Status.choices}
    for state, workspace in (("a workload remains", remaining), ("facts are missing", unknown)):
        yield "desk/_determination", state, page | {"workspace": workspace}
        yield "desk/_outcome_bar", state, {"workspace": workspace}
    yield "desk/_determination", "refused", page | {"workspace": unknown, "problem": "Someone else was faster."}
    yield "desk/_workloads", "may record", page | {"workspace": remaining}
    yield "desk/_workloads", "to read", page | {"workspace": remaining, "may_record": False}
    yield "desk/_recorded_panel", "after a change", page | {"workspace": remaining, "changed": ()}
    yield "desk/_customer", "may record", page | {"workspace": remaining}
    yield "desk/_questions", "to answer", page | {"workspace": unknown}
    about = page | {"workspace": unknown, "row": next(one.row for one in unknown.asked if one.row)}
    yield from (("desk/_question_facts", "", about), ("desk/_status_fields", "", about))
    yield from _of_areas(page, remaining)
    outlook, before = Outlook("By the facts recorded", unknown.decided), Outlook("What if", remaining.decided)
    yield "desk/_outlook", "", {"outlook": outlook}
    yield "desk/_what_if_bar", "", {"after": before}
    situation = remaining.facts.situation(one.referral.request, timezone.localdate(), one.edition)
    way = find_shortest_way(one.edition, situation)
    yield "desk/_what_if_result", "", {"before": outlook, "after": before, "way": way, "problems": {}}
    workload = one.edition.workloads["INTUNE"]
    detail = {"workload": workload, "tenant": one.tenant, "edition": one.edition, "desk": SimpleNamespace(public_id=ID)}
    scope = list_scope(one.edition, "INTUNE", timezone.localdate())
    yield "desk/_workload_detail", "", detail | {"scope": scope, "history": [(remaining.facts.enablement[0], True)]}
    decided = remaining.decided
    row = SimpleNamespace(
        public_id="DET-7K3M-9QXA",
        reason=decided.reason,
        customer=one.customer,
        get_outcome_display=Outcome(decided.outcome).label,
        decided_at=one.now,
        facts={"evaluate_on": timezone.localdate()},
        edition=one.edition,
        facts_hash="0" * 64,
        result_hash="0" * 64,
    )
    yield "desk/_determination_sheet", "", {"row": row, "referral": one.referral, "decided": decided, "areas": ()}


def _of_offer(one: Example) -> Shown:
    workspace, beside = (
        one.workspace(INTUNE="not_enabled"),
        SimpleNamespace(back="#", place="", previous="#", following="#"),
    )
    for state in (OfferState.PENDING, OfferState.ACCEPTED):
        offer = one.offer(state)
        page = {"offer": offer, "referral": one.referral, "workspace": workspace, "beside": beside, "now": one.now}
        yield "desk/_offer_actions", state.value, page
    yield "desk/_undo", "", page | {"undo_until": one.now + dt.timedelta(minutes=9)}
    yield "_beside", "", page
    yield "desk/_together", "", page
    yield "desk/_record", "", {"about": offer}
    yield "desk/_why_due", "", {"why": "Two business days in Europe/London; 25 December is a holiday."}
    yield "partner/_draft_saved", "saved", {"is_live": True, "now": one.now}
    yield "partner/_draft_saved", "ended", {"is_live": False, "now": one.now}
    page |= {"facts_url": OFFER, "may_record": True, "sees_when": True}
    questions = [SimpleNamespace(text=question.text) for question in workspace.decided.questions[:2]]
    asked = SimpleNamespace(pk=1, is_answered=False, asked_at=one.now, questions=questions)
    answered = SimpleNamespace(pk=1, is_answered=True, answered_at=one.now, questions=questions)
    answer = {"status": "enabled", "note": "since May"}
    proposals = [
        SimpleNamespace(question=questions[0], answer=answer, is_gone=False, stands=None, is_newer=False, seen=""),
        SimpleNamespace(question=questions[1], answer=None, is_gone=False, stands=None, is_newer=False, seen=""),
    ]
    yield "desk/_inquiry", "to ask", page
    yield "desk/_inquiry", "asked", page | {"inquiry": asked}
    yield "desk/_inquiry", "answered", page | {"inquiry": answered, "proposals": proposals}


def _of_others(one: Example) -> Shown:
    """What others have recorded, and who asks."""
    day = timezone.localdate()
    changes = (
        FactChange("fabrikam.example", one.edition.workloads["INTUNE"].name, "Not known", "Enabled", day),
        FactChange("fabrikam.example", "Microsoft 365 E5", "500", "480", day),
    )
    offer, workspace = one.offer(OfferState.ACCEPTED), SimpleNamespace(changes=changes, looked="0" * 32)
    yield "desk/_changed_facts", "", {"offer": offer, "workspace": workspace, "may_record": True}
    yield "desk/_changed_facts_rows", "", {"changes": changes}
    yield "desk/_changed_fact", "", {"row": changes[0]}
    asks = {"public_id": ID, "tenant": one.tenant, "requester_email": "sam@elsewhere.example"}
    waits = SimpleNamespace(**asks, awaits_sender=True, sender_token="")
    person = SimpleNamespace(is_processing_team=True)
    shown = {"referral": waits, "known_tenant": one.tenant, "addable_domain": "elsewhere.example", "user": person}
    yield "desk/_sender", "to confirm", shown
    yield "desk/_sender", "trusted", {"referral": SimpleNamespace(**asks, awaits_sender=False, sender="trusted")}


def _of_lists(one: Example) -> Shown:
    listing = list_offers(one.person, (), one.edition)
    state = read_state(listing.shape, {"country": ["DE"], "q": ["fabrikam"]})
    shape = listing.shape
    page = {"state": state, "facets": shape.facets.values(), "columns": shape.columns.values(), "list_name": "offers"}
    for what in ("assignee", "tags"):
        field = {"what": what, "number": OFFER, "may_edit": True, "tags": ["vip"], "assignee": one.person}
        yield "lists/_in_place", what, field | {"place": "row"}
        editing = {"edits": True, "options": [("", "Dana", True)], "typed": "vip", "problem": "Enter up to 10 tags."}
        yield "lists/_in_place", f"{what}, refused", field | editing | {"place": "peek", "about": ID}
    yield "lists/_toolbar", "", page | {"views": ()}
    yield "lists/_facets", "", page
    for whose, view in (("own", {"is_own": True, "opens_first": True}), ("of a colleague", {"is_own": False})):
        of = SimpleNamespace(pk=1, name="Munich", owner=one.person, is_shared=True, address="")
        yield "lists/_saved_view", whose, {"one": SimpleNamespace(view=of, **view)}
    yield (
        "lists/_rhythm",
        "",
        {"id": "sample", "words": "Email me this view", "rhythm": "weekly", "rhythms": Rhythm.choices},
    )
    yield "lists/_bulk_bar", "", {"bulk_acts": OFFER_ACTS}
    yield "team/_home_rows", "rows", {"oldest": [one.referral], "now": one.now}
    yield "team/_home_rows", "none", {"oldest": []}
    yield "lists/_watch_list", "", {"rows": [(OFFER, ["Dana", "Robin"], True)], "changed": 1, "here": "?tab=all"}


def _of_forms(one: Example) -> Shown:
    refused = HoldForm({"until": "2001-01-01", "reason": ""})
    refused.is_valid()
    yield "_errors", "", {"form": refused}
    form = RfaForm(edition=one.edition)
    yield "intake/_request_fields", "", {"form": form}
    yield "intake/_request_wanted", "", {"form": form}
    yield "intake/_request_tenant", "", {"form": form}
    yield "intake/_what_next", "", {}
    yield "_plan_rows", "", {"form": SubscriptionsForm(edition=one.edition)}
    words = {"title": "Change the working hours", "submit": "Save", "name": "hours"}
    for level in (messages.SUCCESS, messages.ERROR):
        yield "partner/_saved", str(level), {"section": "people", "messages": [Message(level, "Saved.", "people")]}
    yield "_part", "", words | {"form": NoteForm(prefix="part")}
    days = {"starts_on": one.now.date(), "ends_on": one.now.date(), "reason": "Stocktaking", "is_half": True, "pk": 1}
    yield "_weekend", "", {"days_in_weekend": "Friday and Saturday", "holidays_of": "Saudi Arabia"}
    missing = {"no_holidays": [2027], "holidays_of": "Sri Lanka"}
    yield "_closures", "", {"closures": [SimpleNamespace(**days)], "may_keep": True} | missing


def _of_routing(one: Example) -> Shown:
    """A need that is no referral yet, and what a receipt says of partners."""
    yield "foreseeing/_would_go", "", {"foreseen": SimpleNamespace(passing=["Fabrikam"], candidates=["Fabrikam"] * 3)}
    yield "foreseeing/_need_fields", "", {"form": NeedForm(edition=one.edition, day=timezone.localdate())}
    verdicts = (Verdict("country", False, "DE", "FR, GB"), Verdict("endorsed", False, "INTUNE", "lacks INTUNE"))
    first, second = "never offered before; 0 open", ""
    rows = (Candidate(1, "Fabrikam", (), 1, first), Candidate(2, "Contoso", verdicts, None, second))
    names = {code: workload.name for code, workload in one.edition.workloads.items()}
    yield "team/_candidates", "", {"candidates": rows, "workload_names": names}
    other = SimpleNamespace(pk=1, referral=one.referral)
    for taker, is_own in (("Contoso", False), ("", False), ("Contoso", True), ("", True)):
        move = SimpleNamespace(giver="Fabrikam", taker=taker)
        yield "team/_gave_way", f"{taker} {is_own}", {"move": move, "other": other, "is_own": is_own}


def _of_failures() -> Shown:
    yield "_connection", "", {}
    typed = [("Notes", "We called twice.")]
    yield "_sent", "", {"address": "#", "token": "", "carried": typed, "typed": typed}


def _of_news(one: Example) -> Shown:
    for part in ("dispatcher", "broker", "worker"):
        stands = {"stands_since": one.now - dt.timedelta(minutes=3), "now": one.now, "late_part": part}
        yield "team/_standstill", part, {"pipeline": SimpleNamespace(**stands)}
    change = Event(kind=EventKind.NOTE, at=one.now, actor="team")
    hits = [SimpleNamespace(words="Fabrikam", address="#", beside="REF-7K3M-9QXA · fabrikam.example")]
    yield "lists/_hits", "", {"hits": hits}
    yield "lists/_found", "", {"sought": "fabrikam", "referrals": hits}
    yield "lists/_found", "nothing", {"sought": "fabrikam"}
    pair = [
        SimpleNamespace(pk=number, name=name, text=name, reason_id=None)
        for number, name in enumerate(("Skills", "Dates"), 1)
    ]
    about = SimpleNamespace(partner=SimpleNamespace(public_id="PAR-7K3M-9QXA"))
    yield "partner/_note_templates", "", {"templates": pair, "offer": about}
    undoable = SimpleNamespace(done="Accepted", name="Fabrikam", reference=ID, address="#")
    yield "_undo_bar", "", {"undo_bar": [undoable] * 4}
    yield "_person", "", {"user": one.person}
    yield "lists/_watch", "", {"present": ["Dana"], "change": change, "url": "#"}
    yield "lists/_watching", "", {"watched": ID}
    yield "notifications/_count", "", {"new": 3}
    yield "desk/_timeline", "none", {"sittings": ()}
    row = SimpleNamespace(pk=1)
    for state, done in (("waiting", 0), ("running", 40)):
        preview = SimpleNamespace(state=state, finished_at=None, done=done, total=100, percent=done)
        yield "editions/_preview_progress", state, {"preview": preview, "row": row}


def _of_editions(one: Example) -> Shown:
    scope = list_scope(one.edition, "INTUNE", timezone.localdate())
    yield "editions/_scope", "", {"scope": scope}
    yield "editions/_cell_words", "", {"cell": SimpleNamespace(periods=(), is_changed=True)}
    dated = SimpleNamespace(effective_from=dt.date(2026, 7, 1), effective_to=dt.date(2027, 6, 30))
    yield "editions/_validity", "", {"item": dated}
    yield "editions/_scope_row", "", {"row": (scope.inside or scope.outside)[0]}
