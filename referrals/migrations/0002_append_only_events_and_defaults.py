from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER determinations_are_append_only BEFORE UPDATE OR DELETE ON benefits_determination
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER routing_runs_are_append_only BEFORE UPDATE OR DELETE ON referrals_routingrun
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
ALLOW = """
DROP TRIGGER events_are_append_only ON referrals_event;
DROP TRIGGER determinations_are_append_only ON benefits_determination;
DROP TRIGGER routing_runs_are_append_only ON referrals_routingrun;
DROP FUNCTION refuse_to_change_history();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("benefits", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
    ]
