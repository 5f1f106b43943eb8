from django.db import migrations

BY_EDITION = ("plan", "workload", "scopeitem", "threshold", "productfamily", "source")
BY_PLAN = ("plansku", "entitlement")

# The edition is locked before its state is read: publishing waits for a change that is under way, and a change that
# comes second sees that the edition is published.
REFUSE = """
CREATE FUNCTION refuse_to_change_published_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_ARGV[0] = 'plan' THEN
        SELECT array_agg(edition_id) INTO touched FROM benefits_plan
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.plan_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.plan_id END);
    ELSE
        touched := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.edition_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.edition_id END];
    END IF;
    PERFORM 1 FROM benefits_servicedescription WHERE id = ANY(touched) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT 1 FROM benefits_servicedescription WHERE id = ANY(touched) AND state <> 'draft') THEN
        RAISE EXCEPTION 'a published edition is never changed: % on % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE FUNCTION refuse_to_change_published_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> 'draft' AND to_jsonb(OLD) - 'state' - 'guides_revised_at'
        = to_jsonb(NEW) - 'state' - 'guides_revised_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published edition is never changed: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published_editions_are_immutable BEFORE UPDATE OR DELETE ON benefits_servicedescription
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published_edition();
"""
ROW = """
CREATE TRIGGER rows_of_published_editions_are_immutable BEFORE INSERT OR UPDATE OR DELETE ON benefits_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published_rows('{by}');
"""
ALLOW = """
DROP TRIGGER published_editions_are_immutable ON benefits_servicedescription;
DROP FUNCTION refuse_to_change_published_edition();
DROP FUNCTION refuse_to_change_published_rows() CASCADE;
"""
ROWS = [ROW.format(table=table, by="edition") for table in BY_EDITION] + [
    ROW.format(table=table, by="plan") for table in BY_PLAN
]


class Migration(migrations.Migration):
    """Published editions are never changed."""

    replaces = [
        ("benefits", "0002_published_editions_are_immutable"),
        ("benefits", "0003_governance_and_evidence"),
        ("benefits", "0004_search_by_part"),
        ("benefits", "0005_facts_between_sides"),
    ]
    dependencies = [("benefits", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE + "".join(ROWS), ALLOW)]
