from django.db import migrations

COUNT = """
UPDATE partners_partner AS p SET open_benefit = found.number FROM (
    SELECT partner_id, count(*) AS number FROM referrals_offer
    WHERE state IN ('pending', 'release_requested', 'accepted') AND uses_capacity AND referral_type = 'benefit'
    GROUP BY partner_id
) AS found WHERE found.partner_id = p.id AND found.number <= p.open_offers;
"""


class Migration(migrations.Migration):
    """How many of a partner's open offers are of the Benefit is counted from now on; here for those that are open."""

    dependencies = [("referrals", "0022_notes_of_partners"), ("partners", "0005_capacity_by_type")]
    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
