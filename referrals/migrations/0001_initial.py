import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("benefits", "0001_initial"),
        ("partners", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        help_text="Printed in the referral record, above a line for the customer’s name.",
                        max_length=4000,
                        verbose_name="text",
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
                        help_text="On the records of customers in these industries. None ticked: in all.",
                        size=None,
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        blank=True,
                        default=list,
                        help_text="On the records of customers in these countries, by two-letter code. Empty: in all.",
                        size=None,
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(default=0, help_text="Order in the record.", verbose_name="place"),
                ),
                (
                    "is_retired",
                    models.BooleanField(default=False, help_text="No longer printed.", verbose_name="retired"),
                ),
            ],
            options={
                "ordering": ["place", "id"],
            },
        ),
        migrations.CreateModel(
            name="DeclineReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(help_text="Stable; records refer to it.", max_length=40, unique=True)),
                (
                    "label",
                    models.CharField(
                        help_text="What the partner reads, such as “We have no capacity”.", max_length=120
                    ),
                ),
                (
                    "next_act",
                    models.CharField(
                        choices=[
                            ("route_on", "Goes to the next partner at once"),
                            ("review_first", "The team looks at it first"),
                            ("retry_later", "Comes back to you later"),
                        ],
                        default="route_on",
                        max_length=20,
                    ),
                ),
                (
                    "claimed_outcomes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("not_eligible", "Not eligible"),
                                ("out_of_scope", "Out of scope"),
                                ("benefit_not_realized", "Benefit not fully realized"),
                                ("benefit_realized", "Benefit realized"),
                                ("needs_information", "Needs information"),
                            ],
                            max_length=24,
                        ),
                        blank=True,
                        default=list,
                        help_text="Outcomes this reason claims. Without a determination that says so, the team looks first.",
                        size=None,
                    ),
                ),
                (
                    "retry_after_days",
                    models.PositiveSmallIntegerField(
                        default=7, help_text="For “comes back to you later”: after how many days."
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nothing besides"),
                            ("availability", "Asks until when the availability is lower"),
                            ("profile", "Proposes a correction of the profile to the admins"),
                            ("duplicate", "Links the referral that it is a duplicate of"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="Order in the list.")),
                (
                    "is_retired",
                    models.BooleanField(
                        default=False, help_text="Kept for old records, no longer offered.", verbose_name="retired"
                    ),
                ),
            ],
            options={
                "ordering": ["place", "id"],
            },
        ),
        migrations.CreateModel(
            name="SiteLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                (
                    "url",
                    models.CharField(
                        help_text="A full address, or a path on this site.",
                        max_length=500,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(https?://|/(?!/))", "Begin with https://, http:// or a single /."
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["place", "id"],
            },
        ),
        migrations.CreateModel(
            name="EditionCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("preview", "Preview of a draft"),
                            ("standing", "Standing determinations, after an edition came into force"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "content_hash",
                    models.CharField(help_text="Of the edition as it was checked; an edit outdates it.", max_length=64),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("after", models.BigIntegerField(default=0, help_text="Id of the last referral looked at.")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                (
                    "is_objection",
                    models.BooleanField(default=False, help_text="The requester objects to the change of type."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for the team"), ("answered", "Answered"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(help_text="When the team owes the next answer.")),
                ("nudged_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closed_side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="EscalationMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "form_key",
                    models.UUIDField(
                        help_text="Made of the form's key, its author and words: posted twice, written once.",
                        null=True,
                        unique=True,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="referrals.escalation"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ListExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list_name",
                    models.CharField(
                        choices=[("offers", "A partner’s queue"), ("referrals", "The team’s referrals")], max_length=10
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("address", models.TextField(help_text="The list's query.")),
                (
                    "chosen",
                    models.JSONField(
                        blank=True, default=list, help_text="Ids of the rows that were chosen. Empty: all."
                    ),
                ),
                (
                    "partners",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        help_text="Whose rows it holds; the team's hold everybody's.",
                        size=None,
                    ),
                ),
                ("kind", models.CharField(choices=[("csv", "CSV"), ("xlsx", "Excel")], max_length=4)),
                ("due_at", models.DateTimeField(help_text="When a worker may take it, or take it over.")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("forget_at", models.DateTimeField(help_text="The file goes then; the record stays.")),
                ("error", models.CharField(blank=True, max_length=300)),
                ("content", models.BinaryField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ways",
                    models.JSONField(blank=True, default=dict, help_text="Group → way; what is left out is as usual."),
                ),
                (
                    "mail_from",
                    models.TimeField(default=datetime.time(8, 0), help_text="No mail before, in the person’s zone."),
                ),
                ("mail_until", models.TimeField(default=datetime.time(20, 0), help_text="No mail after.")),
                ("digest_at", models.TimeField(default=datetime.time(8, 0), help_text="When the digest goes out.")),
                (
                    "digest_due_at",
                    models.DateTimeField(blank=True, help_text="Empty: nothing goes into the digest.", null=True),
                ),
                (
                    "seen_upto",
                    models.BigIntegerField(default=0, help_text="The newest notice that was marked as read."),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_settings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "notice settings",
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "workloads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("referral_type", models.CharField(max_length=10)),
                ("is_incumbent", models.BooleanField(default=False)),
                (
                    "why",
                    models.TextField(blank=True, help_text="Why this partner, in its own words; nothing about others."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Needs an answer"),
                            ("release_requested", "Release requested"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("completed", "Completed"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("turn_at", models.DateTimeField(blank=True, help_text="The turn that it spent.", null=True)),
                (
                    "turn_before",
                    models.DateTimeField(blank=True, help_text="The partner's last turn before it.", null=True),
                ),
                (
                    "uses_capacity",
                    models.BooleanField(default=True, help_text="While it is live; fee-based work uses none."),
                ),
                (
                    "respond_by",
                    models.DateTimeField(help_text="Two business days in the partner's calendar: a flag, not a state."),
                ),
                ("respond_why", models.TextField(blank=True, help_text="How that was counted.")),
                (
                    "remind_at",
                    models.DateTimeField(
                        blank=True, help_text="When the partner is next reminded to answer.", null=True
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "clock_stopped_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when the referral is held or reviewed: the seven days stand still.",
                        null=True,
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "facts_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Its partner has looked at what others had recorded by then. Empty: by when it was offered.",
                        null=True,
                    ),
                ),
                (
                    "was_unseen",
                    models.BooleanField(
                        default=False,
                        help_text="Withdrawn unseen because an earlier decline was taken back: it was no turn.",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="The partner's own.",
                        size=None,
                    ),
                ),
                ("contacts_shown_at", models.DateTimeField(blank=True, null=True)),
                ("notes", models.TextField(blank=True, verbose_name="notes for the team")),
                ("handover", models.TextField(blank=True, verbose_name="hand-over for the next partner")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "colleague",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The colleague who looks after it, inside the partner.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="As it stood when it ended.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="benefits.determination",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.organisation",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="partners.partner",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="referrals.declinereason",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="DeclineReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To review"),
                            ("acknowledged", "Acknowledged"),
                            ("taken_back", "Taken back by the partner"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("verdict_note", models.TextField(blank=True)),
                (
                    "nudged_at",
                    models.DateTimeField(blank=True, help_text="When it was escalated as overdue.", null=True),
                ),
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
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review", to="referrals.offer"
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="DeclineDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("typed", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="referrals.offer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tried_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("mail", "E-mail"),
                            ("meeting", "Meeting invitation"),
                            ("other", "Another way"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "is_settled",
                    models.BooleanField(
                        default=False, help_text="The customer answered afterwards; it counts no more."
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="referrals.offer"
                    ),
                ),
            ],
            options={
                "ordering": ["tried_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="ColleagueNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Names of who was told.",
                        size=None,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="colleague_notes",
                        to="referrals.offer",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("status_token", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "form_key",
                    models.UUIDField(
                        help_text="Key of the form that made it: posted twice, made once.", null=True, unique=True
                    ),
                ),
                (
                    "external_reference",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The importer's own name for it, in small letters.",
                        max_length=80,
                    ),
                ),
                (
                    "engagement",
                    models.CharField(
                        blank=True, help_text="Shared by referrals split from one request.", max_length=16
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("rfa", "Request form"),
                            ("team", "Entered by the team"),
                            ("import", "Imported list"),
                            ("api", "API"),
                            ("split", "Split from another referral"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tenant", "From the customer’s own domain"),
                            ("confirmed", "Confirmed for this customer"),
                            ("trusted", "Trusted sender"),
                            ("partner", "A partner’s own request"),
                            ("team", "Entered by the team"),
                            ("unconfirmed", "Not confirmed"),
                            ("refused", "Refused"),
                        ],
                        help_text="Whether it may speak for the customer.",
                        max_length=12,
                    ),
                ),
                (
                    "sender_token",
                    models.CharField(
                        blank=True,
                        help_text="Private link by which the customer’s known contact may say so.",
                        max_length=64,
                    ),
                ),
                (
                    "requester_kind",
                    models.CharField(
                        choices=[("customer", "The customer"), ("field", "Microsoft field, on behalf of the customer")],
                        max_length=10,
                    ),
                ),
                ("requester_name", models.CharField(max_length=120)),
                ("requester_email", models.EmailField(max_length=254)),
                ("requester_phone", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField(verbose_name="what is wanted")),
                (
                    "workloads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[("remote", "Remote"), ("on_site", "On site")], default="remote", max_length=10
                    ),
                ),
                (
                    "wanted_from",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("now", "As soon as possible"),
                            ("month", "Within a month"),
                            ("quarter", "Within three months"),
                            ("later", "Later"),
                        ],
                        max_length=10,
                        verbose_name="wanted",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, default=list, size=None
                    ),
                ),
                ("no_incentive", models.BooleanField(default=False, verbose_name="earns no incentive")),
                (
                    "requested_type",
                    models.CharField(
                        choices=[("benefit", "Benefit referral"), ("standard", "Standard referral")],
                        default="benefit",
                        max_length=10,
                    ),
                ),
                (
                    "assigned_type",
                    models.CharField(
                        blank=True,
                        choices=[("benefit", "Benefit referral"), ("standard", "Standard referral")],
                        max_length=10,
                    ),
                ),
                (
                    "is_typed_by_team",
                    models.BooleanField(default=False, help_text="Screening leaves the type as the team set it."),
                ),
                ("eligibility_unverified", models.BooleanField(default=False)),
                (
                    "determined_for",
                    models.CharField(
                        blank=True,
                        help_text="The side by whose knowledge it was made; empty: by all that is known.",
                        max_length=40,
                    ),
                ),
                (
                    "cover",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "differs_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_eligible", "Not eligible"),
                            ("out_of_scope", "Out of scope"),
                            ("benefit_not_realized", "Benefit not fully realized"),
                            ("benefit_realized", "Benefit realized"),
                            ("needs_information", "Needs information"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("screening", "Screening"),
                            ("awaiting_customer", "Waiting for the customer"),
                            ("awaiting_partner", "Waiting for a partner"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("delivering", "Delivering the Benefit"),
                            ("fee_based", "Fee-based work"),
                            ("in_review", "In review"),
                            ("on_hold", "On hold"),
                            ("with_ftc", "With the FastTrack Center"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="submitted",
                        max_length=20,
                    ),
                ),
                (
                    "state_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submitted", "Submitted"),
                            ("screening", "Screening"),
                            ("awaiting_customer", "Waiting for the customer"),
                            ("awaiting_partner", "Waiting for a partner"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("delivering", "Delivering the Benefit"),
                            ("fee_based", "Fee-based work"),
                            ("in_review", "In review"),
                            ("on_hold", "On hold"),
                            ("with_ftc", "With the FastTrack Center"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "next_action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirm_sender", "Confirm or refuse the sender"),
                            ("screen", "Screen the request"),
                            ("answer_questions", "Answer the questions"),
                            ("route", "Choose a partner"),
                            ("answer_offer", "Answer the offer"),
                            ("decide_release", "Decide the release request"),
                            ("determine", "Complete the due diligence"),
                            ("report_progress", "Report progress"),
                            ("review", "Review"),
                            ("wake", "Take up again"),
                            ("follow_ftc", "Follow up with the FastTrack Center"),
                            ("answer_partner", "Answer the partner"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "next_owner",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                ("next_action_at", models.DateTimeField(blank=True, null=True)),
                ("due_why", models.TextField(blank=True, help_text="How the due time of the next act was counted.")),
                (
                    "nudged_at",
                    models.DateTimeField(blank=True, help_text="When somebody was told that it is overdue.", null=True),
                ),
                ("state_note", models.TextField(blank=True, help_text="Why it is where it is.")),
                (
                    "waiting_since",
                    models.DateTimeField(
                        blank=True, help_text="No partner passes since then; tried again as soon as one may.", null=True
                    ),
                ),
                (
                    "unheld_since",
                    models.DateTimeField(blank=True, help_text="The system has it since then.", null=True),
                ),
                (
                    "unheld_for",
                    models.DurationField(default=datetime.timedelta, help_text="How long it was nobody's, all told."),
                ),
                (
                    "unreachable_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the requester was mailed after several attempts to reach it.",
                        null=True,
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(blank=True, help_text="When the requester was asked for facts.", null=True),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "counts_from_round",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="Offers of earlier rounds no longer keep an organisation from being asked."
                    ),
                ),
                (
                    "round_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                ("round_reason", models.TextField(blank=True)),
                (
                    "close_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("delivered", "Benefit delivered"),
                            ("fee_work_agreed", "Fee-based work agreed"),
                            ("no_fee_work", "No fee-based work wanted"),
                            ("ftc_delivered", "Delivered by the FastTrack Center"),
                            ("duplicate", "Duplicate"),
                            ("unreachable", "Customer unreachable"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="benefits.customer",
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The newest one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="benefits.determination",
                    ),
                ),
                (
                    "differs_under",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The edition under which the determination would differ; nothing changes by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="benefits.servicedescription",
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="referrals.referral",
                    ),
                ),
                ("excluded_partners", models.ManyToManyField(blank=True, to="partners.organisation")),
                (
                    "retry_partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="siblings",
                        to="referrals.referral",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        help_text="It asks for.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="benefits.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=40)),
                ("seen_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="referrals.referral"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="offer",
            name="referral",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="referrals.referral"
            ),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24)),
                ("to", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("message_key", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: it is read on the site, and not mailed.", null=True
                    ),
                ),
                ("gathers", models.BooleanField(default=False, help_text="Goes into the person’s next digest.")),
                (
                    "path",
                    models.CharField(
                        blank=True, help_text="Where it leads on the site; empty: to its offer.", max_length=200
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        blank=True, help_text="Sent by day there. Empty: at any hour, as asked for.", max_length=64
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Not by an offer.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Mailed by its hours.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="referrals.offer",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        help_text="Who asked.",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("questions", models.JSONField()),
                ("answers", models.JSONField(blank=True, default=list)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        help_text="Whose partner asked; empty: the team.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.offer",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inquiries", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "inquiries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("submitted", "Request received"),
                            ("sender_confirmed", "Sender confirmed"),
                            ("sender_refused", "Sender refused"),
                            ("moved", "State changed"),
                            ("determined", "Determination recorded"),
                            ("retyped", "Type changed"),
                            ("offered", "Offered"),
                            ("offer_opened", "Offer opened"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Offer expired"),
                            ("withdrawn", "Offer withdrawn"),
                            ("completed", "Offer completed"),
                            ("release_requested", "Release requested"),
                            ("release_decided", "Release decided"),
                            ("availability", "Availability corrected"),
                            ("facts_recorded", "Facts recorded"),
                            ("facts_looked_at", "Changed facts reviewed"),
                            ("read", "Read by a viewer"),
                            ("contacts_shown", "Contact data shown"),
                            ("note", "Note"),
                            ("reviewed", "Decline reviewed"),
                            ("asked", "Customer asked"),
                            ("answered", "Customer answered"),
                            ("facts_proposed", "Customer answered questions"),
                            ("split", "Split"),
                            ("request_changed", "Request completed"),
                            ("cover_set", "Workloads to cover set"),
                            ("trouble", "Could not be done automatically"),
                            ("undone", "Taken back"),
                            ("reminded", "Reminder sent"),
                            ("escalated", "Overdue: escalated"),
                            ("contact_tried", "Contact tried"),
                            ("tried_again", "Tried again: a partner may be free"),
                            ("healed", "Put right by the reconciler"),
                            ("correction", "Profile correction proposed"),
                            ("linked", "Linked as a duplicate"),
                            ("colleague", "Given to a colleague"),
                            ("tagged", "Tags changed"),
                            ("asked_team", "The team was asked"),
                            ("coached", "A word from the team"),
                        ],
                        max_length=24,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("partner", "Partner"),
                            ("team", "Referral processing team"),
                            ("requester", "Requester"),
                            ("ftc", "FastTrack Center"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state_from",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submitted", "Submitted"),
                            ("screening", "Screening"),
                            ("awaiting_customer", "Waiting for the customer"),
                            ("awaiting_partner", "Waiting for a partner"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("delivering", "Delivering the Benefit"),
                            ("fee_based", "Fee-based work"),
                            ("in_review", "In review"),
                            ("on_hold", "On hold"),
                            ("with_ftc", "With the FastTrack Center"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("submitted", "Submitted"),
                            ("screening", "Screening"),
                            ("awaiting_customer", "Waiting for the customer"),
                            ("awaiting_partner", "Waiting for a partner"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("delivering", "Delivering the Benefit"),
                            ("fee_based", "Fee-based work"),
                            ("in_review", "In review"),
                            ("on_hold", "On hold"),
                            ("with_ftc", "With the FastTrack Center"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="benefits.determination",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="referrals.offer",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="escalation",
            name="referral",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="escalations",
                to="referrals.referral",
            ),
        ),
        migrations.CreateModel(
            name="EditionDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome_before",
                    models.CharField(
                        choices=[
                            ("not_eligible", "Not eligible"),
                            ("out_of_scope", "Out of scope"),
                            ("benefit_not_realized", "Benefit not fully realized"),
                            ("benefit_realized", "Benefit realized"),
                            ("needs_information", "Needs information"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "outcome_after",
                    models.CharField(
                        choices=[
                            ("not_eligible", "Not eligible"),
                            ("out_of_scope", "Out of scope"),
                            ("benefit_not_realized", "Benefit not fully realized"),
                            ("benefit_realized", "Benefit realized"),
                            ("needs_information", "Needs information"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "remaining_before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "remaining_after",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "check_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="referrals.editioncheck",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReleaseRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notes", models.TextField()),
                ("handover", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To decide"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn with the offer"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("time_left", models.DurationField(help_text="What was left of the offer's seven days.")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("verdict_note", models.TextField(blank=True)),
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
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="release_requests",
                        to="referrals.offer",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="referrals.declinereason"),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RequestDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(editable=False, max_length=64, unique=True)),
                ("form_key", models.UUIDField(default=uuid.uuid4, help_text="Sent twice, it makes one request.")),
                ("data", models.JSONField(default=dict, help_text="Field → values as they were typed.")),
                (
                    "email",
                    models.EmailField(blank=True, help_text="Where the way back to it is mailed.", max_length=254),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["expires_at"], name="drafts_by_expiry"),
                    models.Index(fields=["email", "created_at"], name="drafts_of_an_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), models.Q(("data", {}), ("email", "")), _connector="OR"),
                        name="a_draft_that_was_sent_holds_nothing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=120)),
                ("uploaded_at", models.DateTimeField()),
                ("raw", models.BinaryField(blank=True, null=True)),
                ("rows", models.JSONField(default=list)),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("all", "All rows, or none"), ("valid", "The rows without errors")],
                        max_length=5,
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="When a worker may take it; empty: it waits.", null=True
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("made", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Rfa",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(editable=False, max_length=64, unique=True)),
                ("form_key", models.UUIDField(unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("data", models.JSONField(help_text="What was filled in, checked.")),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "filed_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who was signed in.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rfas",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for deployment assistance",
                "verbose_name_plural": "requests for deployment assistance",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RoutingBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("engine_version", models.PositiveSmallIntegerField()),
                (
                    "changes",
                    models.BinaryField(help_text="Open offers and last turns that differed from the base, packed."),
                ),
                ("start_hash", models.CharField(max_length=64)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="partners.movingbase"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="partners.routingpolicy"
                    ),
                ),
                (
                    "profiles",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="partners.profilerevision",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "routing batches",
            },
        ),
        migrations.CreateModel(
            name="RoutingRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(help_text="Place in the batch, from 0.")),
                ("need", models.JSONField(help_text="The referral's facts that were matched.")),
                (
                    "shares",
                    models.JSONField(blank=True, default=list, help_text="Of a split: partner and its workloads."),
                ),
                (
                    "left_over",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("passing", models.PositiveIntegerField(help_text="How many partners passed every filter.")),
                ("ranked", models.JSONField(help_text="Ids of the first that passed, best first.")),
                ("words", models.JSONField(help_text="Name and reason of the first few, readable without the engine.")),
                (
                    "receipt_hash",
                    models.CharField(help_text="Chained to the run before it in the batch.", max_length=64),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="referrals.routingbatch",
                    ),
                ),
                (
                    "chosen",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="offer",
            name="run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="referrals.routingrun",
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list_name",
                    models.CharField(
                        choices=[("offers", "A partner’s queue"), ("referrals", "The team’s referrals")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("address", models.TextField(help_text="The list's query.")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose members it is for.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="OpensFirst",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list_name",
                    models.CharField(
                        choices=[("offers", "A partner’s queue"), ("referrals", "The team’s referrals")], max_length=10
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opens_first_for",
                        to="referrals.savedview",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StrangersAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network", models.CharField(max_length=50)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("request", "A request to confirm was mailed"),
                            ("link", "The way back to a draft was mailed"),
                            ("list", "The list of an address’s requests was mailed"),
                            ("draft", "A draft was begun"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["network", "what", "at"], name="acts_of_a_network")],
            },
        ),
        migrations.AddIndex(
            model_name="editioncheck",
            index=models.Index(condition=models.Q(("finished_at", None)), fields=["due_at"], name="due_edition_checks"),
        ),
        migrations.AddIndex(
            model_name="listexport",
            index=models.Index(
                condition=models.Q(("finished_at", None)), fields=["due_at", "id"], name="pending_exports"
            ),
        ),
        migrations.AddConstraint(
            model_name="listexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at__isnull", False), ("content", None), _connector="OR"),
                name="an_export_with_a_file_is_finished",
            ),
        ),
        migrations.AddIndex(
            model_name="noticesettings",
            index=models.Index(fields=["digest_due_at"], name="due_digests"),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("mail_from__lt", models.F("mail_until"))), name="mail_hours_begin_before_they_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="declinereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_closed_review_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="declinedraft",
            constraint=models.UniqueConstraint(fields=("offer", "by"), name="one_draft_per_offer_and_person"),
        ),
        migrations.AddIndex(
            model_name="contactattempt",
            index=models.Index(condition=models.Q(("is_settled", False)), fields=["offer"], name="attempts_that_count"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("state__in", ("closed", "cancelled")), _negated=True),
                fields=["next_action", "next_action_at", "id"],
                name="due_referrals",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("next_owner", ""), _negated=True),
                fields=["next_owner", "next_action_at", "id"],
                include=(
                    "public_id",
                    "customer",
                    "determination",
                    "state",
                    "assigned_type",
                    "source",
                    "round",
                    "cover",
                    "areas",
                    "languages",
                ),
                name="open_referrals",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "closed_at", models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))
                ),
                models.F("id"),
                condition=models.Q(("state__in", ("closed", "cancelled"))),
                name="closed_referrals",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("state__in", ("closed", "cancelled"))),
                fields=["cover", "areas", "languages"],
                name="closed_referrals_by_codes",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["customer", "-id"], name="referrals_of_customer"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("differs_under__isnull", False)), fields=["id"], name="differing_referrals"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["waiting_since", "id"],
                name="waiting_referrals",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("unreachable_since__isnull", False)), fields=["id"], name="referrals_out_of_reach"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("eligibility_unverified", True)), fields=["id"], name="unverified_referrals"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("engagement", ""), _negated=True), fields=["engagement"], name="engagements"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("sender_token", ""), _negated=True),
                fields=["sender_token"],
                name="referrals_by_sender_token",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_reference", ""), _negated=True),
                fields=("external_reference",),
                name="one_referral_per_external_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("next_action", ""),
                        ("next_action_at", None),
                        ("next_owner", ""),
                        ("state__in", ("closed", "cancelled")),
                    ),
                    models.Q(
                        models.Q(("state__in", ("closed", "cancelled")), _negated=True),
                        models.Q(("next_action", ""), _negated=True),
                        models.Q(("next_owner", ""), _negated=True),
                        ("next_action_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_open_referral_has_one_next_act_with_owner_and_due_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "on_hold"), ("next_action", "wake")),
                    models.Q(
                        models.Q(("state", "on_hold"), _negated=True), models.Q(("next_action", "wake"), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_held_referral_waits_for_its_wake_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at", None), ("state__in", ("closed", "cancelled")), _connector="OR"),
                name="only_a_closed_referral_says_when_it_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("round", 1),
                    models.Q(models.Q(("round_by", ""), _negated=True), models.Q(("round_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_new_round_has_an_author_and_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("on_hold", "in_review")), _negated=True),
                    models.Q(("state_before", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_held_referral_knows_the_state_before",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("waiting_since", None), ("state", "in_review"), _connector="OR"),
                name="a_referral_without_a_partner_is_with_the_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("person", "referral"), name="one_presence_per_person"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("sent_at", None)),
                fields=["due_at", "id"],
                name="pending_mail",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(condition=models.Q(("offer", None)), fields=["to", "id"], name="notices_of_an_address"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("person__isnull", False)), fields=["person", "id"], name="notices_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None)),
                fields=("referral",),
                name="one_unsettled_inquiry_per_referral",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["referral", "id"], name="events_of_referral"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(condition=models.Q(("kind", "accepted")), fields=["at"], name="events_accepted"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "note")), fields=["partner", "referral"], name="notes_of_partners"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper("note"), "gin_trgm_ops"),
                condition=models.Q(("kind", "note")),
                name="notes_of_history",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened_by__isnull", False),
                    models.Q(("referral__isnull", False), ("side__in", ("requester", "system"))),
                    _connector="OR",
                ),
                name="an_escalation_comes_from_a_person_or_is_about_a_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None), ("closed_side", "")),
                    models.Q(
                        ("closed_at__isnull", False), ("state", "closed"), models.Q(("closed_side", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="only_a_closed_escalation_says_who_closed_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaserequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("offer",), name="one_open_release_request_per_offer"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_decided_release_request_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="requestimport",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="due_imports"),
        ),
        migrations.AddConstraint(
            model_name="requestimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at", None), ("due_at", None), _connector="OR"),
                name="a_finished_import_waits_for_nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="rfa",
            index=models.Index(django.db.models.functions.text.Upper("email"), name="requests_of_an_address"),
        ),
        migrations.AddIndex(
            model_name="routingrun",
            index=models.Index(fields=["referral", "-id"], name="runs_of_referral"),
        ),
        migrations.AddConstraint(
            model_name="routingrun",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="one_run_per_place_in_a_batch"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["partner", "offered_at", "id"], name="offers_of_partners"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("state__in", ("pending", "release_requested", "accepted"))),
                fields=["partner", "state", "expires_at", "id"],
                name="live_offers_of_partners",
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(condition=models.Q(("state", "pending")), fields=["expires_at"], name="expiring_offers"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(condition=models.Q(("state", "pending")), fields=["remind_at"], name="reminded_offers"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper("notes"), "gin_trgm_ops"),
                condition=models.Q(("notes", ""), _negated=True),
                name="notes_of_declines",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("pending", "release_requested", "accepted"))),
                fields=("referral",),
                name="one_live_offer_per_referral",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("was_unseen", False)),
                fields=("referral", "partner", "round"),
                name="one_offer_per_referral_partner_and_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "pending"), ("answered_at", None)),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="an_answered_offer_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(("reason__isnull", False), models.Q(("notes", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_declined_offer_has_a_reason_and_notes",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("offered_at__lt", models.F("expires_at"))), name="an_offer_expires_after_it_is_made"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("owner", "list_name", "name"), name="one_saved_view_of_a_name_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("list_name", "offers"), ("partner__isnull", False)),
                    models.Q(("list_name", "referrals"), ("partner", None)),
                    _connector="OR",
                ),
                name="a_saved_view_of_offers_belongs_to_a_partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="opensfirst",
            constraint=models.UniqueConstraint(
                fields=("person", "list_name"), name="one_view_opens_first_per_person_and_list"
            ),
        ),
    ]
