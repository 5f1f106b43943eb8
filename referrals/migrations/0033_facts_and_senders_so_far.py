"""What partners have looked at, and who senders were, for the offers and referrals from before either was asked."""

from typing import Any

from django.db import migrations

# Every fact counted at once: partners have seen what was recorded so far.
COUNT_AS_LOOKED_AT = """
UPDATE referrals_offer SET facts_until = now()
WHERE facts_until IS NULL AND state IN ('pending', 'release_requested', 'accepted')
"""
# Only the requester's own domain was asked.
NAME_SENDERS = """
UPDATE referrals_referral r SET sender = 'tenant' FROM benefits_tenant t
WHERE r.id >= %s AND r.id < %s AND r.sender = '' AND t.id = r.tenant_id
AND ('.' || lower(substring(r.requester_email from '[^@]*$'))) LIKE ('%%.' || replace(lower(t.domain), '_', '\\_'))
"""
ROWS = 20_000  # in a transaction


def name_senders(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM referrals_referral")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, ROWS):
            cursor.execute(NAME_SENDERS, [start, start + ROWS])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("referrals", "0032_facts_between_sides")]

    operations = [
        migrations.RunSQL(COUNT_AS_LOOKED_AT, migrations.RunSQL.noop),
        migrations.RunPython(name_senders, migrations.RunPython.noop, elidable=False),
    ]
