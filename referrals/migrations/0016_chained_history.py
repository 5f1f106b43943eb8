from django.db import migrations, models

CHAIN = r"""
CREATE FUNCTION event_facts(e referrals_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws('|', e.id, e.referral_id, e.place, e.kind,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor, coalesce(e.by_id::text, ''),
        coalesce(e.partner_id::text, ''), coalesce(e.offer_id::text, ''), coalesce(e.determination_id::text, ''),
        e.state_from, e.state_to)
$$;
CREATE FUNCTION chain_event(e referrals_event, place_before integer, hash_before bytea) RETURNS referrals_event
LANGUAGE plpgsql AS $$
BEGIN
    e.place := coalesce(place_before, 0) + 1;
    e.salt := uuid_send(gen_random_uuid());
    e.digest := sha256(e.salt || convert_to(e.note, 'UTF8') || '\x00'::bytea || convert_to(e.data::text, 'UTF8'));
    e.hash := sha256(coalesce(hash_before, '') || convert_to(event_facts(e), 'UTF8') || e.digest);
    RETURN e;
END $$;
CREATE FUNCTION chain_new_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
BEGIN
    -- Who writes history holds its referral already; whoever does not waits here, so that a chain never forks.
    PERFORM 1 FROM referrals_referral WHERE id = NEW.referral_id FOR NO KEY UPDATE;
    SELECT place, hash INTO before FROM referrals_event WHERE referral_id = NEW.referral_id ORDER BY place DESC LIMIT 1;
    RETURN chain_event(NEW, before.place, before.hash);
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
# What is there already, in the order in which it came.
CHAIN_ALL = """
LOCK TABLE referrals_event IN SHARE ROW EXCLUSIVE MODE;
DO $$
DECLARE
    one referrals_event;
    before referrals_event;
BEGIN
    FOR one IN SELECT * FROM referrals_event ORDER BY referral_id, id LOOP
        IF one.referral_id IS DISTINCT FROM before.referral_id THEN
            before := NULL;
        END IF;
        before := chain_event(one, before.place, before.hash);
        UPDATE referrals_event SET place = before.place, salt = before.salt, digest = before.digest, hash = before.hash
        WHERE id = before.id;
    END LOOP;
END $$;
"""
GUARD = """
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_events();
CREATE TRIGGER events_are_chained BEFORE INSERT ON referrals_event
    FOR EACH ROW EXECUTE FUNCTION chain_new_event();
CREATE TRIGGER heads_are_append_only BEFORE UPDATE OR DELETE ON referrals_historyhead
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
UNCHAIN = """
DROP TRIGGER heads_are_append_only ON referrals_historyhead;
DROP TRIGGER events_are_chained ON referrals_event;
DROP TRIGGER events_are_append_only ON referrals_event;
DROP FUNCTION refuse_to_change_events();
DROP FUNCTION chain_new_event();
DROP FUNCTION chain_event(referrals_event, integer, bytea);
DROP FUNCTION event_facts(referrals_event);
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
