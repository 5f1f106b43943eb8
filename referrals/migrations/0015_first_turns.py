from django.db import migrations

# An offer that could still be withdrawn unseen gives its turn back: to the number behind which its partner stood.
NUMBERS = """
UPDATE referrals_offer AS o SET turn = p.last_turn, last_turn_before = COALESCE(
        (SELECT max(b.last_turn) FROM partners_partner AS b WHERE b.last_offered_at <= o.turn_before), 0)
    FROM partners_partner AS p
    WHERE p.id = o.partner_id AND o.state = 'pending' AND o.turn_at = p.last_offered_at;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0014_numbered_turns"), ("partners", "0010_first_turns")]
    operations = [migrations.RunSQL(NUMBERS, migrations.RunSQL.noop)]
