"""The service description file: canonical, byte-stable, and as its schema says."""

import json
from typing import Any

import jsonschema
import pytest

from benefits.domain.catalogue_file import read_edition
from benefits.domain.catalogue_writing import write_edition
from benefits.domain.json_input import InputError
from benefits.models import ServiceDescription
from benefits.services.editions import export_edition, import_draft, load_edition
from benefits.services.shipped import NEWEST, SCHEMA_FILE, SHIPPED, load_shipped_edition, shipped_file
from tests.world import NOW

SCHEMA = json.loads(SCHEMA_FILE.read_text())


def check(data: Any) -> None:
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_file_and_its_canonical_form_are_as_the_schema_says(name: str) -> None:
    check(json.loads(shipped_file(name).read_text()))
    check(json.loads(write_edition(read_edition(shipped_file(name).read_bytes()), {})))


@pytest.mark.parametrize("name", SHIPPED)
def test_canonical_form_is_read_back_to_the_same_bytes(name: str) -> None:
    first = write_edition(read_edition(shipped_file(name).read_bytes()), {"conventions": {"a": 1}})
    assert write_edition(read_edition(first), {"conventions": {"a": 1}}) == first


@pytest.mark.django_db
def test_export_imported_and_exported_again_is_byte_stable() -> None:
    published = ServiceDescription.objects.get()
    exported = export_edition(published)
    check(json.loads(exported))
    renamed = exported.replace(f'"name": "{published.name}"', '"name": "reviewed"', 1)
    draft = import_draft(renamed.encode(), by=None, now=NOW)
    assert draft.is_draft
    assert export_edition(draft) == renamed
    assert load_edition(draft.pk).plans == load_edition(published.pk).plans


@pytest.mark.django_db
def test_name_that_is_taken_gives_way_to_a_draft_name() -> None:
    published = ServiceDescription.objects.get()
    draft = import_draft(export_edition(published).encode(), by=None, now=NOW)
    assert draft.name != published.name
    assert "draft" in draft.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('"benefit_eligible": "yes"', '"benefit_eligible": "maybe"', "plans[0].benefit_eligible"),
        ('"as_of": "2026-08-18"', '"as_of": "soon"', "line 3, as_of: must be a date"),
        ('"verified_on": "2026-05-04"', '"verified_on": "May"', "verified_on: must be a date"),
    ],
)
def test_broken_file_says_line_and_place_and_changes_nothing(wrong: str, right: str, message: str) -> None:
    exported = export_edition(ServiceDescription.objects.get())
    assert wrong in exported
    with pytest.raises(InputError) as refused:
        import_draft(exported.replace(wrong, right, 1).encode(), by=None, now=NOW)
    assert message in str(refused.value)
    assert ServiceDescription.objects.count() == 1


def test_every_workload_that_counts_has_its_guide_or_says_when_nobody_found_one() -> None:
    """The guides are how the remaining workloads are enabled; which one fits is for admins to correct in place."""
    counting = [row for row in load_shipped_edition(NEWEST).workloads.values() if row.counts_toward_full_value]
    without = [row for row in counting if not row.guide.url]
    assert len(without) < len(counting) / 4
    assert all("looked on" in row.guide.title for row in without), [row.code for row in without]
