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
CREATE TRIGGER routing_batches_are_append_only BEFORE UPDATE OR DELETE ON referrals_routingbatch
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
# Names are looked up whole: nobody asks for their beginnings.
NO_BEGINNINGS = """
DO $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '%\\_like'
        AND tablename IN ('referrals_referral', 'referrals_offer', 'referrals_notification')
    LOOP
        EXECUTE format('DROP INDEX %I', found);
    END LOOP;
END $$;
"""
ALLOW = "DROP FUNCTION refuse_to_change_history() CASCADE;"


class Migration(migrations.Migration):
    """Events, determinations, routing runs and batches are only ever added to."""

    replaces = [
        ("referrals", "0002_append_only_events_and_defaults"),
        ("referrals", "0003_edition_checks"),
        ("referrals", "0004_explained_routing"),
        ("referrals", "0005_leaner_indexes"),
        ("referrals", "0006_mail_by_day"),
        ("referrals", "0007_fewer_indexes"),
        ("referrals", "0008_lists"),
        ("referrals", "0009_verdicts_and_exports"),
        ("referrals", "0010_colleague_notes"),
        ("referrals", "0011_decline_drafts"),
        ("referrals", "0012_escalations"),
        ("referrals", "0013_whose_rows_an_export_holds"),
        ("referrals", "0014_words_and_lengths"),
        ("referrals", "0015_inquiries"),
        ("referrals", "0016_presence"),
        ("referrals", "0017_request_imports"),
        ("referrals", "0018_external_reference"),
        ("referrals", "0019_whose_questions_and_imports"),
        ("referrals", "0020_notices_and_drafts"),
        ("referrals", "0021_acknowledgements"),
        ("referrals", "0022_notes_of_partners"),
        ("referrals", "0023_open_offers_by_type"),
        ("referrals", "0024_lists_in_their_order"),
        ("referrals", "0025_opens_first"),
        ("referrals", "0026_rfas_of_a_referral"),
        ("referrals", "0027_words_posted_twice"),
        ("referrals", "0028_drafts_that_were_sent"),
        ("referrals", "0029_objections"),
        ("referrals", "0030_who_closed_escalations"),
        ("referrals", "0031_mail_of_strangers"),
        ("referrals", "0032_facts_between_sides"),
        ("referrals", "0033_facts_and_senders_so_far"),
    ]
    dependencies = [("referrals", "0001_initial"), ("benefits", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW), migrations.RunSQL(NO_BEGINNINGS, migrations.RunSQL.noop)]
