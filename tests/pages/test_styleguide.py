"""The style guide shows every state, in local mode only."""

from typing import Any

from django.test import Client

from benefits.choices import Outcome
from referrals.choices import State
from tests import world

NOT_SHOWN = {
    "_keys",
    "_palette",
    "_undo_line",
    "_default_button",
    "accounts/_passkey_scripts",
    "desk/_sitting",
}  # in every page; lines of a list


def test_every_state_and_outcome_stands_there_in_local_mode_only(db: None, settings: Any) -> None:
    text = world.text(Client().get("/styleguide/"))
    assert all(str(label) in text for label in (*State.labels, *Outcome.labels))
    shown = {sample.partial for sample in Client().get("/styleguide/").context["samples"]}
    templates = settings.BASE_DIR / "templates"
    partials = {str(path.relative_to(templates).with_suffix("")) for path in templates.rglob("_*.html")}
    assert shown == partials - NOT_SHOWN, "every partial stands in the style guide"
    settings.LOCAL_MODE = False
    assert Client().get("/styleguide/").status_code == 404
