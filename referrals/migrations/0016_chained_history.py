from django.db import migrations, models

# A plan made while there were few events is kept by a connection; it must not read all of them once there are many.
CHAIN = r"""
CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    place_before integer;
    hash_before bytea;
BEGIN
    -- Who writes history holds its referral already; whoever does not waits here, so that a chain never forks.
    PERFORM 1 FROM referrals_referral WHERE id = NEW.referral_id FOR NO KEY UPDATE;
    SELECT place, hash INTO place_before, hash_before FROM referrals_event
        WHERE referral_id = NEW.referral_id AND place > 0 ORDER BY place DESC LIMIT 1;
    NEW.place := coalesce(place_before, 0) + 1;
    NEW.salt := uuid_send(gen_random_uuid());
    NEW.digest := sha256(NEW.salt || convert_to(NEW.note, 'UTF8') || '\x00'::bytea || convert_to(NEW.data::text, 'UTF8'));
    NEW.hash := sha256(coalesce(hash_before, '') || convert_to(
        concat_ws('|', NEW.id, NEW.referral_id, NEW.place, NEW.kind,
            to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), NEW.actor, coalesce(NEW.by_id::text, ''),
            coalesce(NEW.partner_id::text, ''), coalesce(NEW.offer_id::text, ''),
            coalesce(NEW.determination_id::text, ''), NEW.state_from, NEW.state_to),
        'UTF8') || NEW.digest);
    RETURN NEW;
END $$;
CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words CONSTANT text[] := '{note,note_key,data,salt}';
BEGIN
    -- Words may be erased, with their salt; nothing may be said in their place. What was undone stays.
    IF TG_OP = 'UPDATE' AND OLD.salt <> '' AND NEW.salt = '' AND NEW.note = '' AND NEW.note_key = ''
        AND OLD.data @> NEW.data AND NEW.data - 'what' = '{}' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER events_are_append_only ON referrals_event;
"""
# What is there already, in the order in which it came; until then it has no place.
CHAIN_ALL = """
LOCK TABLE referrals_event IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER events_of_before_are_chained BEFORE UPDATE ON referrals_event FOR EACH ROW EXECUTE FUNCTION chain_event();
DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT id FROM referrals_event ORDER BY referral_id, id LOOP
        UPDATE referrals_event SET place = 0 WHERE id = one;
    END LOOP;
END $$;
DROP TRIGGER events_of_before_are_chained ON referrals_event;
"""
GUARD = """
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_events();
CREATE TRIGGER events_are_chained BEFORE INSERT ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION chain_event();
CREATE TRIGGER heads_are_append_only BEFORE UPDATE OR DELETE ON referrals_historyhead
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
UNCHAIN = """
DROP TRIGGER heads_are_append_only ON referrals_historyhead;
DROP TRIGGER events_are_chained ON referrals_event;
DROP TRIGGER events_are_append_only ON referrals_event;
DROP FUNCTION refuse_to_change_events();
DROP FUNCTION chain_event();
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""


class Migration(migrations.Migration):
    """Events are chained, by the database; what is there already, too. Heads sum up all of them."""

    dependencies = [("referrals", "0015_first_turns")]
    operations = [
        migrations.CreateModel(
            name="HistoryHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("last_event", models.BigIntegerField(help_text="The number of the last event that it sums up.")),
                ("events", models.BigIntegerField(help_text="How many events there are since the head before.")),
                ("hash", models.BinaryField()),
                ("signature", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
            options={"ordering": ["day"]},
        ),
        migrations.AddField("event", "digest", models.BinaryField(db_default=b"", default=bytes)),
        migrations.AddField("event", "hash", models.BinaryField(db_default=b"", default=bytes)),
        migrations.AddField("event", "place", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
        migrations.AddField("event", "salt", models.BinaryField(db_default=b"", default=bytes)),
        migrations.RunSQL([CHAIN, CHAIN_ALL, GUARD], UNCHAIN),
        migrations.AddConstraint(
            "event", models.UniqueConstraint(fields=("referral", "place"), name="events_are_one_chain")
        ),
        migrations.RemoveIndex("event", "events_of_referral"),
    ]
