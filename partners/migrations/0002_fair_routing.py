import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import partners.models.partner
import partners.models.policy
from django.conf import settings
from django.db import migrations, models

from partners.data.defaults import write_first_policy

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
    working_days, capacity, paused_until, must_answer_review ON partners_partner
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
CREATE TRIGGER endorsements_renew_profiles AFTER INSERT OR UPDATE OR DELETE ON partners_endorsement
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
CREATE TRIGGER closures_renew_profiles AFTER INSERT OR UPDATE OR DELETE ON partners_closure
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
INSERT INTO partners_profileversion (id, version) VALUES (1, gen_random_uuid());
"""
NO_VERSION = """
DROP TRIGGER closures_renew_profiles ON partners_closure;
DROP TRIGGER endorsements_renew_profiles ON partners_endorsement;
DROP TRIGGER partners_renew_profiles_on_change ON partners_partner;
DROP TRIGGER partners_renew_profiles ON partners_partner;
DROP FUNCTION renew_profile_version();
"""
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
CREATE TRIGGER freed_partners_are_openings AFTER UPDATE OF open_offers ON partners_partner FOR EACH ROW
    WHEN (OLD.open_offers >= OLD.capacity AND NEW.open_offers < NEW.capacity) EXECUTE FUNCTION note_opening();
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
NO_OPENINGS = """
DROP TRIGGER changed_partners_are_openings ON partners_partner;
DROP TRIGGER freed_partners_are_openings ON partners_partner;
DROP TRIGGER new_partners_are_openings ON partners_partner;
DROP TRIGGER new_endorsements_are_openings ON partners_endorsement;
DROP FUNCTION note_opening();
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
NO_POLICIES = """
DROP TRIGGER policies_in_force_are_immutable ON partners_routingpolicy;
DROP FUNCTION refuse_to_change_a_policy_in_force();
"""


def write(apps, schema_editor):
    write_first_policy(apps.get_model("partners", "RoutingPolicy"))


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MovingBase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("packed", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("why", models.CharField(max_length=40)),
                ("was_tried", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ProfileCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("languages", "Languages"),
                            ("countries", "Countries"),
                            ("endorsements", "Endorsements"),
                            ("industries", "Industries"),
                            ("sizes", "Customer sizes"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(help_text="What it should say, in the partner's words.")),
                (
                    "source",
                    models.CharField(blank=True, help_text="The offer that it was declined with.", max_length=16),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To decide"), ("applied", "Applied"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ProfileVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="RoutingPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "effective_at",
                    models.DateTimeField(help_text="Applies from this moment on. Until then it can be changed."),
                ),
                (
                    "incumbent_first",
                    models.BooleanField(
                        default=True,
                        help_text="A partner with an approved claim on the customer is asked first, when it passes.",
                    ),
                ),
                (
                    "most_partners",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Among how many partners a referral may be split when none covers it alone. 1: never.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ],
                    ),
                ),
                (
                    "tie_breaks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("least_recently_offered", "Least recently offered"),
                                ("fewest_open", "Fewest open"),
                            ],
                            max_length=30,
                        ),
                        default=partners.models.policy.tie_breaks,
                        help_text="Among partners that pass, who goes first; then id.",
                        size=None,
                    ),
                ),
                (
                    "waived",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("language", "Language"),
                                ("industry", "Industry"),
                                ("size", "Customer size"),
                                ("no_incentive", "Takes referrals without incentive"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Filters that are not applied.",
                        size=None,
                    ),
                ),
                ("reason", models.TextField(help_text="Why this version is needed.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "routing policies",
                "ordering": ["-version"],
            },
        ),
        migrations.AddField(
            model_name="partner",
            name="closes_at",
            field=models.TimeField(default=datetime.time(17, 0)),
        ),
        migrations.AddField(
            model_name="partner",
            name="opens_at",
            field=models.TimeField(default=datetime.time(9, 0), help_text="Working hours, in its own time zone."),
        ),
        migrations.AddField(
            model_name="partner",
            name="pause_remind_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When its people are next told that the pause ends.", null=True
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="working_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(
                    choices=[
                        (0, "Monday"),
                        (1, "Tuesday"),
                        (2, "Wednesday"),
                        (3, "Thursday"),
                        (4, "Friday"),
                        (5, "Saturday"),
                        (6, "Sunday"),
                    ]
                ),
                default=partners.models.partner.working_week,
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_at__lt", models.F("closes_at"))),
                name="a_partner_opens_before_it_closes",
                violation_error_message="Opening must be before closing, on the same day.",
            ),
        ),
        migrations.AddField(
            model_name="opening",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
            ),
        ),
        migrations.AddField(
            model_name="profilecorrection",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="profilecorrection",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="partners.partner"
            ),
        ),
        migrations.AddField(
            model_name="profilecorrection",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routingpolicy",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="profilecorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_decided_correction_says_when",
            ),
        ),
        migrations.RunSQL(VERSION, NO_VERSION),
        migrations.RunSQL(OPENINGS, NO_OPENINGS),
        migrations.RunSQL(POLICIES, NO_POLICIES),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
