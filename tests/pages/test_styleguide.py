"""The style guide shows every state, in local mode only."""

from typing import Any

from django.test import Client

from benefits.choices import Outcome
from referrals.choices import State
from tests import world


def test_every_state_and_outcome_stands_there_in_local_mode_only(db: None, settings: Any) -> None:
    text = world.text(Client().get("/styleguide/"))
    assert all(str(label) in text for label in (*State.labels, *Outcome.labels))
    shown = {sample.partial for sample in Client().get("/styleguide/").context["samples"]}
    partials = {path.stem for path in (settings.BASE_DIR / "templates" / "referrals").glob("_*.html")}
    assert shown == partials, "every partial stands in the style guide"
    settings.LOCAL_MODE = False
    assert Client().get("/styleguide/").status_code == 404
