"""Declines that read alike: of one partner, for one reason, with nearly the same notes. They are reviewed together."""

from collections.abc import Sequence

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Q

from referrals.choices import ReviewState
from referrals.models import DeclineReview
from referrals.reviewing.judging import NEAR

MOST = 100
PAIRS = """
    SELECT a.id, b.id FROM referrals_declinereview a
    JOIN referrals_offer o ON o.id = a.offer_id
    JOIN referrals_offer p ON p.partner_id = o.partner_id AND p.reason_id IS NOT DISTINCT FROM o.reason_id
    JOIN referrals_declinereview b ON b.offer_id = p.id AND b.id <> a.id
    WHERE a.id = ANY(%(ids)s) AND b.id = ANY(%(ids)s)
      AND (o.notes = p.notes OR similarity(o.notes, p.notes) >= %(near)s)"""


def find_alike(review: DeclineReview) -> list[DeclineReview]:
    """The open reviews that read like one, itself among them while it is open; first due first. One query."""
    offer = review.offer
    rows = DeclineReview.objects.filter(state=ReviewState.OPEN, offer__partner=offer.partner_id)
    rows = rows.filter(offer__reason=offer.reason_id).annotate(likeness=TrigramSimilarity("offer__notes", offer.notes))
    near = rows.filter(Q(offer__notes=offer.notes) | Q(likeness__gte=NEAR))
    return list(near.select_related("offer__partner", "offer__reason", "offer__referral__customer")[:MOST])


def group_alike(reviews: Sequence[DeclineReview]) -> list[tuple[DeclineReview, int]]:
    """Reviews with how many of the others read like each; those stand behind it and not for themselves. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"ids": [review.pk for review in reviews], "near": NEAR})
        pairs = set(cursor.fetchall())
    groups: list[tuple[DeclineReview, int]] = []
    behind: set[int] = set()
    for review in reviews:
        if review.pk not in behind:
            own = {other.pk for other in reviews if (review.pk, other.pk) in pairs} - behind
            behind |= own
            groups.append((review, len(own)))
    return groups
