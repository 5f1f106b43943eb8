from django.db import migrations, models


# Referrals that were with the team because nobody passed are tried again from now on, and offers that wait for an
# answer are reminded of.
WAITING = """
UPDATE referrals_referral r SET waiting_since = run.at FROM (
    SELECT DISTINCT ON (u.referral_id) u.referral_id, u.chosen_id, b.at FROM referrals_routingrun u
    JOIN referrals_routingbatch b ON b.id = u.batch_id ORDER BY u.referral_id, u.id DESC) run
WHERE run.referral_id = r.id AND run.chosen_id IS NULL AND r.state = 'in_review'
    AND r.state_before = 'awaiting_partner' AND r.waiting_since IS NULL;
"""
REMINDED = """
UPDATE referrals_offer SET remind_at = GREATEST(respond_by, now()) WHERE state = 'pending' AND remind_at IS NULL
    AND expires_at > now();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0005_leaner_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="zone",
            field=models.CharField(
                blank=True, help_text="Sent by day there. Empty: at any hour, as asked for.", max_length=64
            ),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.RunSQL(REMINDED, migrations.RunSQL.noop),
    ]
