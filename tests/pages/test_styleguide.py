"""The style guide shows every state, in local mode only."""

from typing import Any

from django.test import Client

from benefits.choices import Outcome
from referrals.choices import State
from tests import world


def test_every_state_and_outcome_stands_there_in_local_mode_only(db: None, settings: Any) -> None:
    text = world.text(Client().get("/styleguide/"))
    assert all(str(label) in text for label in (*State.labels, *Outcome.labels))
    settings.LOCAL_MODE = False
    assert Client().get("/styleguide/").status_code == 404
