from django.db import migrations

# What is routed together takes a block of numbers; those of partners so far are in the order of their instants.
SEQUENCE = """
CREATE SEQUENCE partners_turn AS bigint INCREMENT BY 4294967296 START WITH 4294967296;
UPDATE partners_partner AS p SET last_turn = o.place * 4294967296
    FROM (SELECT id, row_number() OVER (ORDER BY last_offered_at, id) AS place
        FROM partners_partner WHERE last_offered_at IS NOT NULL) AS o
    WHERE o.id = p.id;
SELECT setval('partners_turn', GREATEST(max(last_turn), 4294967296), max(last_turn) > 0) FROM partners_partner;
"""
# Where nothing was ever routed its first version has the order that places most; elsewhere an admin decides.
ORDER = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE partners_routingpolicy DISABLE TRIGGER policies_in_force_are_immutable;
UPDATE partners_routingpolicy SET batch_order = 'scarcity'
    WHERE version = 1 AND NOT EXISTS (SELECT 1 FROM partners_movingbase);
ALTER TABLE partners_routingpolicy ENABLE TRIGGER policies_in_force_are_immutable;
"""


class Migration(migrations.Migration):
    """Numbers for turns: a sequence, and those that were taken before."""

    dependencies = [("partners", "0009_numbered_turns")]
    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE partners_turn"),
        migrations.RunSQL(ORDER, migrations.RunSQL.noop),
    ]
