from django.db import migrations

# Whatever a profile says has a version, so that routing knows whether what it has read still holds.
VERSION = """
CREATE FUNCTION renew_profile_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO partners_profileversion (id, version) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$;
CREATE TRIGGER partners_renew_profiles AFTER INSERT OR DELETE OR TRUNCATE ON partners_partner
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
CREATE TRIGGER partners_renew_profiles_on_change AFTER UPDATE OF
    organisation_id, name, contact_email, is_active, is_fasttrack_ready, takes_benefit, is_referral_ready,
    takes_no_incentive, countries, languages, industries, sizes, time_zone, calendar_country, opens_at, closes_at,
    working_days, capacity, capacity_benefit, capacity_standard, paused_until, must_answer_review ON partners_partner
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
CREATE TRIGGER endorsements_renew_profiles AFTER INSERT OR UPDATE OR DELETE ON partners_endorsement
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
CREATE TRIGGER closures_renew_profiles AFTER INSERT OR UPDATE OR DELETE ON partners_closure
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
"""
# A partner that may take now what it could not before is noted, and whoever waits is tried again.
OPENINGS = """
CREATE FUNCTION note_opening() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint; why text;
BEGIN
    IF TG_TABLE_NAME = 'partners_endorsement' THEN
        who := NEW.partner_id; why := 'new endorsement';
    ELSIF TG_OP = 'INSERT' THEN
        who := NEW.id; why := 'new partner';
    ELSE
        who := NEW.id;
        why := CASE
            WHEN OLD.paused_until IS NOT NULL AND NEW.paused_until IS NULL THEN 'its pause ended'
            WHEN NEW.capacity > OLD.capacity THEN 'its capacity was raised'
            WHEN OLD.must_answer_review AND NOT NEW.must_answer_review THEN 'it answered its review'
            WHEN OLD.open_offers >= OLD.capacity AND NEW.open_offers < NEW.capacity THEN 'it has finished work'
            ELSE 'its profile changed' END;
    END IF;
    INSERT INTO partners_opening (partner_id, at, why, was_tried) VALUES (who, clock_timestamp(), why, FALSE);
    PERFORM pg_notify('referral_work', '');
    RETURN NULL;
END $$;
CREATE TRIGGER new_endorsements_are_openings AFTER INSERT OR UPDATE ON partners_endorsement
    FOR EACH ROW EXECUTE FUNCTION note_opening();
CREATE TRIGGER new_partners_are_openings AFTER INSERT ON partners_partner
    FOR EACH ROW EXECUTE FUNCTION note_opening();
CREATE TRIGGER changed_partners_are_openings AFTER UPDATE OF
    capacity, paused_until, must_answer_review, is_active, is_fasttrack_ready, takes_benefit, is_referral_ready,
    takes_no_incentive, countries, languages, industries, sizes ON partners_partner FOR EACH ROW WHEN (
    (OLD.paused_until IS NOT NULL AND NEW.paused_until IS NULL)
    OR NEW.capacity > OLD.capacity
    OR (OLD.must_answer_review AND NOT NEW.must_answer_review)
    OR (NEW.is_active, NEW.is_fasttrack_ready, NEW.takes_benefit, NEW.is_referral_ready, NEW.takes_no_incentive,
        NEW.countries, NEW.languages, NEW.industries, NEW.sizes)
        IS DISTINCT FROM
       (OLD.is_active, OLD.is_fasttrack_ready, OLD.takes_benefit, OLD.is_referral_ready, OLD.takes_no_incentive,
        OLD.countries, OLD.languages, OLD.industries, OLD.sizes)
) EXECUTE FUNCTION note_opening();
"""
ROOM = """
CREATE FUNCTION partner_has_room(partner partners_partner, of_type integer, type_limit integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE RETURN (partner).open_offers < (partner).capacity AND (type_limit IS NULL OR of_type < type_limit);
CREATE FUNCTION note_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT partner_has_room(OLD, OLD.open_benefit, OLD.capacity_benefit)
            AND partner_has_room(NEW, NEW.open_benefit, NEW.capacity_benefit)
        OR NOT partner_has_room(OLD, OLD.open_offers - OLD.open_benefit, OLD.capacity_standard)
            AND partner_has_room(NEW, NEW.open_offers - NEW.open_benefit, NEW.capacity_standard) THEN
        INSERT INTO partners_opening (partner_id, at, why, was_tried) VALUES (
            NEW.id, clock_timestamp(),
            CASE WHEN NEW.open_offers < OLD.open_offers THEN 'it has finished work' ELSE 'its capacity was raised' END,
            FALSE);
        PERFORM pg_notify('referral_work', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER freed_partners_are_openings AFTER UPDATE OF
    open_offers, open_benefit, capacity_benefit, capacity_standard ON partners_partner FOR EACH ROW
    WHEN (NEW.open_offers < OLD.open_offers OR NEW.open_benefit < OLD.open_benefit
        OR (NEW.capacity_benefit, NEW.capacity_standard) IS DISTINCT FROM (OLD.capacity_benefit, OLD.capacity_standard))
    EXECUTE FUNCTION note_room();
"""
POLICIES = """
CREATE FUNCTION refuse_to_change_a_policy_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_at <= now() THEN
        RAISE EXCEPTION 'policy % applies already: a new version replaces it', OLD.version
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER policies_in_force_are_immutable BEFORE UPDATE OR DELETE ON partners_routingpolicy
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_policy_in_force();
"""
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
UNDO = """
DROP FUNCTION refuse_to_change_what_receipts_name() CASCADE;
DROP FUNCTION refuse_to_change_a_policy_in_force() CASCADE;
DROP FUNCTION note_room() CASCADE;
DROP FUNCTION partner_has_room(partners_partner, integer, integer);
DROP FUNCTION note_opening() CASCADE;
DROP FUNCTION renew_profile_version() CASCADE;
"""


class Migration(migrations.Migration):
    """Profiles are versioned, openings noted; policies in force and what receipts name are never changed."""

    replaces = [
        ("partners", "0002_fair_routing"),
        ("partners", "0003_kept_receipts"),
        ("partners", "0004_kept_by_partners"),
        ("partners", "0005_capacity_by_type"),
    ]
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunSQL(VERSION + OPENINGS + ROOM + POLICIES + KEPT, UNDO)]
