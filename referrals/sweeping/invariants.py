"""Promises about the data, as queries that must find nothing."""

from django.db import connection

from referrals.models import Referral

SHOWN = 20
OPEN_OFFERS = "open offers of a partner are counted right"
QUERIES = {
    "a referral has no more than one live offer": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        WHERE o.state IN ('pending', 'release_requested', 'accepted') GROUP BY r.public_id HAVING count(*) > 1""",
    OPEN_OFFERS: """
        SELECT p.public_id FROM partners_partner p LEFT JOIN referrals_offer o ON o.partner_id = p.id
          AND o.state IN ('pending', 'release_requested', 'accepted') AND o.uses_capacity
        GROUP BY p.id HAVING p.open_offers <> count(o.id)
          OR p.open_benefit <> count(o.id) FILTER (WHERE o.referral_type = 'benefit')""",
    "fee-based work uses no capacity, other work does": """
        SELECT o.public_id FROM referrals_offer o JOIN referrals_referral r ON r.id = o.referral_id
        WHERE o.state IN ('pending', 'release_requested', 'accepted') AND o.uses_capacity =
          (r.state = 'fee_based' OR r.state_before = 'fee_based'
           OR (r.state = 'on_hold' AND r.unreachable_since IS NOT NULL))""",
    "an ended referral has no live offer": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        WHERE r.state IN ('closed', 'cancelled', 'awaiting_partner', 'with_ftc')
          AND o.state IN ('pending', 'release_requested', 'accepted')""",
    "no organization was offered a referral twice in a round": """
        SELECT r.public_id FROM referrals_referral r JOIN referrals_offer o ON o.referral_id = r.id
        WHERE NOT o.was_unseen GROUP BY r.public_id, o.partner_id, o.round HAVING count(*) > 1""",
    "every declined or expired offer has exactly one event of its end": """
        SELECT o.public_id FROM referrals_offer o LEFT JOIN referrals_event e ON e.offer_id = o.id
          AND (e.kind IN ('declined', 'expired') OR e.kind = 'undone' AND e.data->>'what' = 'declined')
        WHERE o.state IN ('declined', 'expired')
        GROUP BY o.public_id HAVING count(e.id) FILTER (WHERE e.kind <> 'undone')
          - count(e.id) FILTER (WHERE e.kind = 'undone') <> 1""",
    "a referral in the system's hands is measured, and no other": """
        SELECT public_id FROM referrals_referral
        WHERE (next_action IN ('screen', 'route')) <> (unheld_since IS NOT NULL)""",
    "every change of a referral's state has exactly one event": """
        SELECT DISTINCT r.public_id FROM (
            SELECT referral_id, state_from, state_to,
              lead(state_from) OVER (PARTITION BY referral_id ORDER BY place) AS then_from
            FROM referrals_event WHERE state_to <> '') AS move JOIN referrals_referral r ON r.id = move.referral_id
        WHERE move.state_from = move.state_to OR move.state_to <> coalesce(move.then_from, r.state)""",
    "shares of one engagement do not overlap while they are open": """
        SELECT DISTINCT a.engagement FROM referrals_referral a JOIN referrals_referral b
          ON a.engagement = b.engagement AND a.id < b.id AND a.cover && b.cover
        WHERE a.engagement <> '' AND a.closed_at IS NULL AND b.closed_at IS NULL""",
}


def find_violations() -> dict[str, list[str]]:
    """Name of each promise → public ids that break it (at most 20)."""
    unowned = Referral.objects.in_nobodys_hands().values_list("public_id", flat=True)[:SHOWN]
    found = {"no open referral is without an owner": list(unowned)}
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(query)
            found[name] = [row[0] for row in cursor.fetchmany(SHOWN)]
    return found
