import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("benefits", "0001_initial"),
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
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ProfileRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("profiles", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ProfileVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "contact_email",
                    models.EmailField(help_text="Person or distribution list that gets offers.", max_length=254),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_fasttrack_ready", models.BooleanField(default=False, verbose_name="FastTrack Ready Partner")),
                ("takes_benefit", models.BooleanField(default=False, verbose_name="FastTrack Benefit referral flag")),
                ("is_referral_ready", models.BooleanField(default=True, verbose_name="Referral Ready flag")),
                (
                    "takes_no_incentive",
                    models.BooleanField(default=False, verbose_name="takes referrals without incentive"),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        help_text="ISO 3166 codes, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        help_text="Language codes such as en, de, pt-BR, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("commercial", "Commercial"),
                                ("education", "Education"),
                                ("government", "Government"),
                                ("non_profit", "Non-profit"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Empty: any.",
                        size=None,
                    ),
                ),
                (
                    "sizes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("1-9", "1 to 9 employees"),
                                ("10-50", "10 to 50 employees"),
                                ("51-250", "51 to 250 employees"),
                                ("251-1000", "251 to 1,000 employees"),
                                ("1001-5000", "1,001 to 5,000 employees"),
                                ("5001-10000", "5,001 to 10,000 employees"),
                                ("10001-20000", "10,001 to 20,000 employees"),
                                ("20001+", "Over 20,000 employees"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        help_text="Empty: any.",
                        size=None,
                    ),
                ),
                ("time_zone", models.CharField(max_length=64)),
                (
                    "calendar_country",
                    models.CharField(blank=True, help_text="Whose public holidays it keeps.", max_length=2),
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
                ("capacity", models.PositiveSmallIntegerField(default=10, help_text="Most referrals at a time.")),
                (
                    "capacity_benefit",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of the capacity. Empty: no limit of its own.",
                        null=True,
                        verbose_name="capacity for Benefit referrals",
                    ),
                ),
                (
                    "capacity_standard",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of the capacity. Empty: no limit of its own.",
                        null=True,
                        verbose_name="capacity for Standard referrals",
                    ),
                ),
                (
                    "usual_capacity",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Capacity to return to when a lowered one ends.", null=True
                    ),
                ),
                ("capacity_lowered_until", models.DateTimeField(blank=True, null=True)),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                (
                    "pause_remind_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When its people are next told that the pause ends.",
                        null=True,
                    ),
                ),
                (
                    "must_answer_review",
                    models.BooleanField(
                        default=False,
                        help_text="Let a Benefit referral lapse while available; no new offers until it has answered.",
                    ),
                ),
                ("open_offers", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "open_benefit",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="How many of the open offers are Benefit referrals."
                    ),
                ),
                ("last_offered_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="partners.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("why", models.CharField(max_length=40)),
                ("was_tried", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("triager", "Triager"), ("admin", "Partner admin")],
                        default="triager",
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="partners.partner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncumbentClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved_on", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="benefits.customer"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-approved_on"],
            },
        ),
        migrations.CreateModel(
            name="Endorsement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workload_code", models.CharField(max_length=60, verbose_name="workload")),
                ("granted_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, help_text="Last day. Empty: no end.", null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="endorsements", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["workload_code"],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contact", "Offers go to this address"),
                            ("member", "This person belongs to the partner"),
                        ],
                        max_length=10,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("viewer", "Viewer"), ("triager", "Triager"), ("admin", "Partner admin")],
                        max_length=10,
                    ),
                ),
                ("token", models.CharField(editable=False, max_length=64, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="confirmations", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=120)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="closures", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_on"],
            },
        ),
        migrations.CreateModel(
            name="ProfileChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="partners.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
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
                            ("flags", "Which referrals it takes"),
                            ("name", "Name or organisation"),
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
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="partners.partner"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
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
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "routing policies",
                "ordering": ["-version"],
            },
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("takes_benefit", False), ("is_fasttrack_ready", True), _connector="OR"),
                name="only_a_fasttrack_ready_partner_takes_benefit_referrals",
                violation_error_message="Only a FastTrack Ready Partner may have the Benefit referral flag.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_benefit__lte", models.F("open_offers"))),
                name="benefit_referrals_are_among_the_open_ones",
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
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("partner", "user"), name="one_membership_per_person_and_partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="incumbentclaim",
            constraint=models.UniqueConstraint(
                fields=("partner", "customer"), name="one_claim_per_partner_and_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                fields=("partner", "workload_code"), name="one_endorsement_per_partner_and_workload"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("kind", "contact")),
                fields=("partner",),
                name="one_new_address_waits_per_partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("kind", "member")),
                fields=("partner", "email"),
                name="one_invitation_waits_per_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="a_closure_starts_before_it_ends"
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
    ]
