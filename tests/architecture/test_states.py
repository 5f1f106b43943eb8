"""The transition tables guard whoever asks them: so nobody writes a state of a referral or an offer past them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REFERRALS = Path(__file__).resolve().parents[2] / "referrals"
WRITERS = {"lifecycle/moving.py", "routing/offering.py"}  # the second moves the referrals of a batch at once
OF_OTHERS = {"check", "correction", "escalation", "request", "review"}  # these have states of their own
PAST_SAVE = {"update", "bulk_update", "update_or_create"}


def written_states(tree: ast.AST) -> Iterator[int]:
    """Lines that give a referral or an offer a state."""
    for node in ast.walk(tree):
        if (isinstance(node, ast.Attribute) and _is_assigned(node)) or (
            isinstance(node, ast.Call) and _is_written_past_save(node)
        ):
            yield node.lineno


def _is_assigned(found: ast.Attribute) -> bool:
    is_written = found.attr == "state" and isinstance(found.ctx, ast.Store)
    return is_written and ast.unparse(found.value) not in OF_OTHERS


def _is_written_past_save(call: ast.Call) -> bool:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in PAST_SAVE):
        return False
    whose = ast.unparse(call.func.value)
    names = {word.arg for word in call.keywords} | {
        part.value for part in ast.walk(call) if isinstance(part, ast.Constant)
    }
    return "state" in names and any(word in whose for word in ("Referral.", "Offer.", "referrals", "offers."))


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("offer.state = OfferState.PENDING", True),
        ("referral.note, referral.state = note, to", True),
        ("sibling.state: State = to", True),
        ("Offer.objects.filter(pk=1).update(state=to)", True),
        ("Referral.objects.bulk_update(rows, ['cover', 'state'])", True),
        ("review.state = ReviewState.OPEN", False),
        ("offer.release_requests.filter(state='open').update(decided_at=now)", False),
        ("offer.notes = 'state'", False),
    ],
)
def test_the_reader_of_states_sees_every_way_of_writing_one(code: str, writes: bool) -> None:
    assert bool(list(written_states(ast.parse(code)))) is writes


def test_states_are_written_where_moves_are_checked() -> None:
    found = [
        f"{path.relative_to(REFERRALS)}:{line}"
        for path in sorted(REFERRALS.rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(REFERRALS)) not in WRITERS
        for line in written_states(ast.parse(path.read_text()))
    ]
    assert not found
