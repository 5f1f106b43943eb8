"""Promises about the data, as queries that must find nothing."""

from django.db import connection

from referrals.models import Referral

SHOWN = 20
QUERIES = {
    "a referral has at most one live offer": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        WHERE o.state IN ('pending', 'release_requested', 'accepted') GROUP BY r.public_id HAVING count(*) > 1""",
    "open offers of a partner are counted right": """
        SELECT p.public_id FROM partners_partner p LEFT JOIN referrals_offer o ON o.partner_id = p.id
          AND o.state IN ('pending', 'release_requested', 'accepted')
        LEFT JOIN referrals_referral r ON r.id = o.referral_id
        GROUP BY p.id HAVING p.open_offers <> count(o.id) FILTER (
          WHERE r.state <> 'fee_based' AND r.state_before <> 'fee_based')""",
    "an ended referral has no live offer": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        WHERE r.state IN ('closed', 'cancelled', 'awaiting_partner', 'with_ftc')
          AND o.state IN ('pending', 'release_requested', 'accepted')""",
    "nobody was offered a referral twice in a round": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        GROUP BY r.public_id, o.partner_id, o.round HAVING count(*) > 1""",
    "every declined or expired offer has exactly one event of its end": """
        SELECT o.public_id FROM referrals_offer o LEFT JOIN referrals_event e ON e.offer_id = o.id
          AND e.kind IN ('declined', 'expired') WHERE o.state IN ('declined', 'expired')
        GROUP BY o.public_id HAVING count(e.id) <> 1""",
}


def find_violations() -> dict[str, list[str]]:
    """Name of each promise → public ids that break it (at most 20)."""
    unowned = Referral.objects.in_nobodys_hands().values_list("public_id", flat=True)[:SHOWN]
    found = {"no open referral is in nobody's hands": list(unowned)}
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(query)
            found[name] = [row[0] for row in cursor.fetchmany(SHOWN)]
    return found
