import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Whatever a calendar is made of renews the profiles that routing keeps.
FOLLOW = """
DROP TRIGGER partners_renew_profiles_on_change ON partners_partner;
CREATE TRIGGER partners_renew_profiles_on_change AFTER UPDATE OF
{columns} ON partners_partner
    FOR EACH STATEMENT EXECUTE FUNCTION renew_profile_version();
"""
BEFORE = """\
    organisation_id, name, contact_email, is_active, is_fasttrack_ready, takes_benefit, is_referral_ready,
    takes_no_incentive, countries, languages, industries, sizes, time_zone, calendar_country, opens_at, closes_at,
    working_days, capacity, capacity_benefit, capacity_standard, paused_until, must_answer_review"""
SINCE = f"{BEFORE}, calendar_region, calendar_kinds, half_days, half_day_closes_at"


def public_holidays_alone():
    return ["public"]


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TeamCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_zone", models.CharField(max_length=64)),
                (
                    "calendar_country",
                    models.CharField(blank=True, help_text="Whose public holidays it observes.", max_length=2),
                ),
                (
                    "calendar_region",
                    models.CharField(
                        blank=True,
                        help_text="The part of the country whose own holidays it observes, too.",
                        max_length=60,
                    ),
                ),
                (
                    "calendar_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        help_text="Which kinds of holidays count.",
                        size=None,
                    ),
                ),
                (
                    "opens_at",
                    models.TimeField(default=datetime.time(9, 0), help_text="Working hours, in its own time zone."),
                ),
                ("closes_at", models.TimeField(default=datetime.time(17, 0))),
                (
                    "working_days",
                    django.contrib.postgres.fields.ArrayField(
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
                        size=None,
                    ),
                ),
                (
                    "half_days",
                    django.contrib.postgres.fields.ArrayField(
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
                        blank=True,
                        default=list,
                        help_text="Days with short hours.",
                        size=None,
                    ),
                ),
                (
                    "half_day_closes_at",
                    models.TimeField(blank=True, help_text="Empty: there are no half days.", null=True),
                ),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TeamClosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=120)),
                ("is_half", models.BooleanField(default=False, verbose_name="half days")),
            ],
            options={
                "ordering": ["starts_on"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="closure",
            name="is_half",
            field=models.BooleanField(default=False, verbose_name="half days"),
        ),
        migrations.AddField(
            model_name="partner",
            name="calendar_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=public_holidays_alone,
                help_text="Which kinds of holidays count.",
                size=None,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="partner",
            name="calendar_region",
            field=models.CharField(
                blank=True, help_text="The part of the country whose own holidays it observes, too.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="half_day_closes_at",
            field=models.TimeField(blank=True, help_text="Empty: there are no half days.", null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="half_days",
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
                blank=True,
                default=list,
                help_text="Days with short hours.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="partner",
            name="calendar_country",
            field=models.CharField(blank=True, help_text="Whose public holidays it observes.", max_length=2),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("half_day_closes_at", None),
                    models.Q(
                        ("half_day_closes_at__gt", models.F("opens_at")),
                        ("half_day_closes_at__lte", models.F("closes_at")),
                    ),
                    _connector="OR",
                ),
                name="half_days_fit",
                violation_error_message="Half days close after opening, and not after closing.",
            ),
        ),
        migrations.AddField(
            model_name="teamcalendar",
            name="changed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teamclosure",
            name="entered_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="teamcalendar",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="there_is_one_team_calendar"),
        ),
        migrations.AddConstraint(
            model_name="teamcalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_at__lt", models.F("closes_at"))), name="the_team_opens_before_it_closes"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamcalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("half_day_closes_at", None),
                    models.Q(
                        ("half_day_closes_at__gt", models.F("opens_at")),
                        ("half_day_closes_at__lte", models.F("closes_at")),
                    ),
                    _connector="OR",
                ),
                name="the_teams_half_days_fit",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="a_team_closure_starts_before_it_ends"
            ),
        ),
        migrations.RunSQL(FOLLOW.format(columns=SINCE), FOLLOW.format(columns=BEFORE)),
    ]
