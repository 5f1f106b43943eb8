from django.db import migrations

KEPT = """
CREATE FUNCTION refuse_to_change_what_receipts_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'receipts name it: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revisions_are_kept BEFORE UPDATE ON partners_profilerevision FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION refuse_to_change_what_receipts_name();
CREATE TRIGGER revisions_are_not_deleted BEFORE DELETE ON partners_profilerevision FOR EACH ROW
    EXECUTE FUNCTION refuse_to_change_what_receipts_name();
CREATE TRIGGER bases_are_kept BEFORE UPDATE ON partners_movingbase FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION refuse_to_change_what_receipts_name();
CREATE TRIGGER bases_are_not_deleted BEFORE DELETE ON partners_movingbase FOR EACH ROW
    EXECUTE FUNCTION refuse_to_change_what_receipts_name();
"""
NOT_KEPT = """
DROP TRIGGER bases_are_not_deleted ON partners_movingbase;
DROP TRIGGER bases_are_kept ON partners_movingbase;
DROP TRIGGER revisions_are_not_deleted ON partners_profilerevision;
DROP TRIGGER revisions_are_kept ON partners_profilerevision;
DROP FUNCTION refuse_to_change_what_receipts_name();
"""
# Pauses that run already are announced too.
ANNOUNCED = """
UPDATE partners_partner SET pause_remind_at =
    CASE WHEN paused_until > now() + interval '7 days' THEN paused_until - interval '7 days'
         WHEN paused_until > now() + interval '1 day' THEN paused_until - interval '1 day' END
WHERE paused_until > now() AND pause_remind_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_fair_routing")]
    operations = [
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(ANNOUNCED, migrations.RunSQL.noop),
    ]
