"""An edit of a draft against its publishing."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from benefits.models import Plan, ServiceDescription
from benefits.services.editions import copy_to_draft, hash_content, publish_edition
from tests.referrals.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def test_edit_of_a_draft_against_its_publishing_never_slips_in() -> None:
    """Either the edit comes first and the preview is outdated, or the edition is published and the edit is refused."""
    for _ in range(6):
        draft = copy_to_draft(ServiceDescription.objects.filter(state="published").latest("id"), now=timezone.now())
        before = hash_content(draft)
        edit = partial(Plan.objects.filter(edition=draft, code="EXO_P1").update, max_seats=7)

        def slow_edit(edit: Callable[[], int] = edit) -> None:
            with transaction.atomic():
                edit()
                time.sleep(0.05)

        def publish(draft: ServiceDescription = draft, before: str = before) -> str:
            with transaction.atomic():
                row = ServiceDescription.objects.select_for_update().get(pk=draft.pk)
                if hash_content(row) != before:
                    return "outdated"
                publish_edition(row, by=None, now=timezone.now())
                return "published"

        edited, published = race(slow_edit, publish)
        draft.refresh_from_db()
        assert (published, draft.state) in (("outdated", "draft"), ("published", "published"))
        assert isinstance(edited, DatabaseError) == (published == "published")
        assert (hash_content(draft) == before) == (published == "published")
