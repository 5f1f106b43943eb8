import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="GoldenScenario",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=300)),
                (
                    "situation",
                    models.JSONField(help_text="In the scenario format: evaluate_on, customer, request, enablement."),
                ),
                (
                    "expected",
                    models.JSONField(
                        help_text="outcome, remaining_workloads, to_confirm, not_entitled; any may be left out."
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Off: kept, no longer run.", verbose_name="active"),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                (
                    "tpid",
                    models.CharField(
                        blank=True,
                        help_text="Top parent id at Microsoft, when known.",
                        max_length=20,
                        verbose_name="TPID",
                    ),
                ),
                ("country", models.CharField(help_text="ISO 3166 code.", max_length=2)),
                (
                    "industry",
                    models.CharField(
                        choices=[
                            ("commercial", "Commercial"),
                            ("education", "Education"),
                            ("government", "Government"),
                            ("non_profit", "Non-profit"),
                        ],
                        default="commercial",
                        max_length=20,
                    ),
                ),
                (
                    "size_band",
                    models.CharField(
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
                        verbose_name="size",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("commercial", "Commercial"),
                            ("education", "Education"),
                            ("us_gov_gcc", "US government (GCC)"),
                            ("us_gov_gcc_high", "US government (GCC High)"),
                            ("china_21vianet", "China (21Vianet)"),
                        ],
                        default="commercial",
                        max_length=20,
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name", "id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("name"), "gin_trgm_ops"
                        ),
                        name="customers_by_part_of_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("author_party", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("subscribedSkus", "Subscriptions (subscribedSkus)"),
                            ("getOffice365ActiveUserCounts", "Active users by day"),
                            ("getOffice365ServicesUserCounts", "Active and inactive users by service"),
                            ("getM365AppUserCounts", "App users by day"),
                            ("getOffice365ActiveUserDetail", "Active users, person by person"),
                            ("getMicrosoft365CopilotUserCountSummary", "Copilot users"),
                        ],
                        default="subscribedSkus",
                        max_length=40,
                    ),
                ),
                ("rows", models.PositiveIntegerField(blank=True, null=True)),
                ("file_name", models.CharField(max_length=200)),
                ("file_hash", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("result", models.JSONField(help_text="What was read: subscriptions, or usage figures.")),
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
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ServiceDescription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="How people name this edition, such as 2026-08-18.", max_length=60, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("superseded", "Superseded")],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("as_of", models.DateField(help_text="Date of the newest evidence in this edition.")),
                (
                    "effective_from",
                    models.DateField(help_text="Determinations made from this day on use this edition."),
                ),
                (
                    "seat_rule",
                    models.CharField(
                        choices=[
                            ("sum_of_eligible", "Seats of eligible plans are summed per tenant"),
                            ("single_plan", "One plan must reach the floor alone"),
                        ],
                        default="sum_of_eligible",
                        help_text="How the floor of paid seats is counted. No source says whether plans may be summed.",
                        max_length=20,
                    ),
                ),
                (
                    "view_rule",
                    models.CharField(
                        choices=[
                            ("all", "Every entitled workload"),
                            ("requested_areas", "Only the requested solution areas"),
                        ],
                        default="all",
                        help_text="Which entitled workloads full value means.",
                        max_length=20,
                    ),
                ),
                (
                    "no_intent_remains",
                    models.BooleanField(
                        default=True,
                        help_text="On: a workload the customer refuses keeps the Benefit open. Off: it is taken out of view.",
                        verbose_name="refused workloads remain",
                    ),
                ),
                (
                    "guides_revised_at",
                    models.DateTimeField(auto_now_add=True, help_text="When a guide was last corrected in place."),
                ),
                ("content_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "reference",
                    models.JSONField(
                        default=dict, editable=False, help_text="Sections of the file that decide nothing."
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "publish_reason",
                    models.TextField(blank=True, editable=False, help_text="Why one person prepared and published it."),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="benefits.servicedescription",
                    ),
                ),
                (
                    "editors",
                    models.ManyToManyField(
                        blank=True,
                        editable=False,
                        help_text="Who changed it; another publishes it.",
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="Who changed the draft last.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
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
                "verbose_name": "edition of the service description",
                "verbose_name_plural": "editions of the service description",
                "ordering": ["-effective_from", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ProductFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Stable code, capitals and underscores; determinations and partners' endorsements refer to it.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_-]+\\Z", "Write letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="Order on the page.")),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Keys of this edition's sources, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "product families",
                "ordering": ["place", "name"],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "effective_from",
                    models.DateField(
                        blank=True, help_text="First day on which this counts. Empty: always did.", null=True
                    ),
                ),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="Last day on which this counts, inclusive. Empty: no end.", null=True
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Keys of this edition's sources, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "verified_on",
                    models.DateField(
                        blank=True, help_text="Day on which somebody last saw the sources say this.", null=True
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Stable code, capitals and underscores; determinations and partners' endorsements refer to it.",
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_-]+\\Z", "Write letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("suite", "Suite"),
                            ("standalone", "Standalone"),
                            ("addon", "Add-on"),
                            ("device", "Device licence"),
                            ("free", "Free"),
                            ("trial", "Trial"),
                            ("volume", "Volume licence"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("commercial", "Commercial"),
                            ("education", "Education"),
                            ("us_gov_gcc", "US government (GCC)"),
                            ("us_gov_gcc_high", "US government (GCC High)"),
                            ("china_21vianet", "China (21Vianet)"),
                            ("dedicated", "Dedicated and ITAR"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "benefit_eligible",
                    models.CharField(
                        choices=[
                            ("yes", "Eligible"),
                            ("no", "Not eligible"),
                            ("conditional", "Brings workloads, counts no seats"),
                            ("unverified", "Counts, not verified"),
                        ],
                        help_text="Whether paid seats of this plan count toward the floor, and whether its workloads do.",
                        max_length=12,
                        verbose_name="eligibility",
                    ),
                ),
                (
                    "max_seats",
                    models.PositiveIntegerField(
                        blank=True, help_text="Most seats this plan is sold for; more gives a warning.", null=True
                    ),
                ),
                ("entitlement_basis", models.CharField(blank=True, max_length=200)),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Former names.",
                        size=None,
                    ),
                ),
                ("notes", models.TextField(blank=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="benefits.productfamily"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GoldenSignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("difference", models.TextField(help_text="What came out otherwise when it was signed off.")),
                ("reason", models.TextField()),
                ("signed_at", models.DateTimeField()),
                (
                    "scenario",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="benefits.goldenscenario"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_offs",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Determination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=16, unique=True)),
                ("decided_at", models.DateTimeField()),
                (
                    "outcome",
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
                ("rule", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("facts", models.JSONField(help_text="The situation in the scenario format.")),
                ("result", models.JSONField(help_text="Lists, findings, advice, plans held, warnings and trace.")),
                ("facts_hash", models.CharField(max_length=64)),
                ("result_hash", models.CharField(max_length=64)),
                ("engine_version", models.PositiveSmallIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="determinations",
                        to="benefits.customer",
                    ),
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
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="determinations",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CatalogueReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workload_code", models.CharField(max_length=60, verbose_name="workload")),
                ("text", models.TextField(verbose_name="what is wrong")),
                ("context", models.JSONField(default=dict, help_text="What the reporter was looking at.")),
                ("reported_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To look at"),
                            ("corrected", "Corrected in a draft"),
                            ("no_error", "No error"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["state", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("text", models.TextField(help_text="Address and date of the page that says it.")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("directory_id", models.UUIDField(blank=True, null=True, verbose_name="tenant id")),
                ("domain", models.CharField(max_length=253)),
                (
                    "sender_domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253),
                        blank=True,
                        default=list,
                        help_text="Further domains of mail addresses whose people may ask for this tenant.",
                        size=None,
                    ),
                ),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=True,
                        help_text="Not yet: made of what an unconfirmed sender said, for its request alone.",
                        verbose_name="confirmed",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tenants", to="benefits.customer"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("author_party", models.CharField(max_length=40)),
                (
                    "plan_code",
                    models.CharField(blank=True, help_text="Empty for a product no edition knows.", max_length=60),
                ),
                ("part_number", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("enabled", "Enabled"),
                            ("warning", "Grace period"),
                            ("suspended", "Suspended"),
                            ("lockedOut", "Locked out"),
                            ("deleted", "Deleted"),
                        ],
                        max_length=12,
                    ),
                ),
                ("paid_seats", models.PositiveIntegerField(blank=True, help_text="Empty when not known.", null=True)),
                ("unpaid_seats", models.PositiveIntegerField(blank=True, help_text="Trial or free seats.", null=True)),
                (
                    "withheld",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Workloads of the plan that the SKU held does not bring, each with why.",
                    ),
                ),
                (
                    "service_plans",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Of a product no edition knew: its service plans, and whether each is on.",
                    ),
                ),
                (
                    "named_by_party",
                    models.CharField(
                        blank=True,
                        help_text="Of a product no edition knows: the side that knows its name.",
                        max_length=40,
                    ),
                ),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "replaced_by_party",
                    models.CharField(blank=True, help_text="The side that replaced it.", max_length=40),
                ),
                (
                    "from_export",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="benefits.exportupload"
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
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="subscriptions", to="benefits.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="StagedUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("author_party", models.CharField(max_length=40)),
                ("token", models.CharField(editable=False, max_length=64, unique=True)),
                ("file_name", models.CharField(max_length=200)),
                ("raw", models.BinaryField()),
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
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="benefits.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="exportupload",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exports", to="benefits.tenant"
            ),
        ),
        migrations.CreateModel(
            name="Enablement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("author_party", models.CharField(max_length=40)),
                ("workload_code", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("not_enabled", "Not started"),
                            ("blocked", "Blocked"),
                            ("in_progress", "In progress"),
                            ("partly_enabled", "Partly enabled"),
                            ("declined", "No intent"),
                            ("enabled", "Enabled"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "part_seats",
                    models.PositiveIntegerField(blank=True, help_text="Partly enabled: for so many seats …", null=True),
                ),
                ("part_total", models.PositiveIntegerField(blank=True, help_text="… of so many.", null=True)),
                (
                    "part_group",
                    models.CharField(blank=True, help_text="Partly enabled: for this group.", max_length=120),
                ),
                (
                    "evidence",
                    models.TextField(blank=True, help_text="What shows it. Stays with its author and the team."),
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
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="enablements", to="benefits.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-recorded_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "effective_from",
                    models.DateField(
                        blank=True, help_text="First day on which this counts. Empty: always did.", null=True
                    ),
                ),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="Last day on which this counts, inclusive. Empty: no end.", null=True
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Keys of this edition's sources, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "verified_on",
                    models.DateField(
                        blank=True, help_text="Day on which somebody last saw the sources say this.", null=True
                    ),
                ),
                ("code", models.CharField(help_text="BENEFIT_MIN_LICENSES is the floor of paid seats.", max_length=60)),
                ("value", models.PositiveIntegerField()),
                ("max_value", models.PositiveIntegerField(blank=True, null=True)),
                ("unit", models.CharField(blank=True, max_length=120)),
                ("note", models.TextField(blank=True)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnknownProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part_number", models.CharField(max_length=120)),
                ("sku_id", models.CharField(blank=True, max_length=60, verbose_name="SKU id")),
                ("times_seen", models.PositiveIntegerField(default=1)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                (
                    "is_ignored",
                    models.BooleanField(
                        default=False,
                        help_text="It has nothing to do with the Benefit: exports set it aside.",
                        verbose_name="ignored",
                    ),
                ),
                ("plan_code", models.CharField(blank=True, editable=False, max_length=60, verbose_name="became plan")),
                ("note", models.TextField(blank=True, help_text="What the admin found out.")),
                (
                    "last_seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_seen_in",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="benefits.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-last_seen_at"],
            },
        ),
        migrations.CreateModel(
            name="UsageFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
                ("author_party", models.CharField(max_length=40)),
                ("workload_code", models.CharField(max_length=60)),
                ("active", models.PositiveIntegerField(blank=True, help_text="Empty: not provisioned.", null=True)),
                (
                    "total",
                    models.PositiveIntegerField(
                        blank=True, help_text="Those who could have, where it is known.", null=True
                    ),
                ),
                ("on", models.DateField(help_text="Day of the figure.")),
                ("what", models.CharField(max_length=120)),
                (
                    "from_export",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="benefits.exportupload"),
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
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="usage", to="benefits.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Workload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "effective_from",
                    models.DateField(
                        blank=True, help_text="First day on which this counts. Empty: always did.", null=True
                    ),
                ),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="Last day on which this counts, inclusive. Empty: no end.", null=True
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Keys of this edition's sources, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "verified_on",
                    models.DateField(
                        blank=True, help_text="Day on which somebody last saw the sources say this.", null=True
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Stable code, capitals and underscores; determinations and partners' endorsements refer to it.",
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9_-]+\\Z", "Write letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("security", "Security"),
                                ("endpoint", "Endpoint"),
                                ("identity", "Identity"),
                                ("compliance", "Compliance"),
                                ("collaboration", "Collaboration"),
                                ("employee_experience", "Employee experience"),
                                ("windows", "Windows"),
                                ("apps", "Apps"),
                                ("ai", "AI"),
                                ("migration", "Migration"),
                                ("core", "Core"),
                            ],
                            max_length=30,
                        ),
                        help_text="Solution areas, the main one first, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("workload", "Workload"), ("service", "Service (needs no licence)")],
                        default="workload",
                        max_length=10,
                    ),
                ),
                (
                    "counts_toward_full_value",
                    models.BooleanField(
                        default=True, help_text="Off: never listed as remaining unless it is asked for."
                    ),
                ),
                (
                    "granted_by",
                    models.CharField(
                        choices=[
                            ("plans", "Plans"),
                            ("any_eligible_plan", "Being eligible at all"),
                            ("service", "Request (a service)"),
                            ("nobody", "No known licence"),
                        ],
                        default="plans",
                        max_length=20,
                    ),
                ),
                (
                    "entitlement_rule",
                    models.TextField(blank=True, help_text="What the sources say about who has it. Decides nothing."),
                ),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Former and other names.",
                        size=None,
                    ),
                ),
                (
                    "service_plans",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        help_text="Service plan names in SKU exports.",
                        size=None,
                    ),
                ),
                ("scope_evidence", models.CharField(blank=True, max_length=120)),
                ("notes", models.TextField(blank=True)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="benefits.productfamily"
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaces",
                        to="benefits.workload",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScopeItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "effective_from",
                    models.DateField(
                        blank=True, help_text="First day on which this counts. Empty: always did.", null=True
                    ),
                ),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="Last day on which this counts, inclusive. Empty: no end.", null=True
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Keys of this edition's sources, separated by commas.",
                        size=None,
                    ),
                ),
                (
                    "verified_on",
                    models.DateField(
                        blank=True, help_text="Day on which somebody last saw the sources say this.", null=True
                    ),
                ),
                (
                    "code",
                    models.CharField(help_text="May repeat with other dates or another audience.", max_length=120),
                ),
                ("text", models.TextField()),
                ("in_scope", models.BooleanField(help_text="Off: outside the Benefit, fee-based.")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "Every customer"),
                            ("commercial", "Commercial"),
                            ("education", "Education"),
                            ("us_gov_gcc", "US government (GCC)"),
                            ("us_gov_gcc_high", "US government (GCC High)"),
                            ("china_21vianet", "China (21Vianet)"),
                        ],
                        default="all",
                        max_length=20,
                    ),
                ),
                (
                    "min_eligible_seats",
                    models.PositiveIntegerField(
                        blank=True, help_text="Floor of this item, when it has one of its own.", null=True
                    ),
                ),
                (
                    "seen_on",
                    models.CharField(blank=True, help_text="When the sources were seen to say this.", max_length=60),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="benefits.servicedescription",
                    ),
                ),
                (
                    "workload",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: general.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scope_items",
                        to="benefits.workload",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Guide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200)),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                (
                    "match",
                    models.CharField(
                        blank=True, help_text="How well the guide fits: exact, closest or none.", max_length=20
                    ),
                ),
                (
                    "workload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="guide", to="benefits.workload"
                    ),
                ),
            ],
            options={
                "verbose_name": "Advanced Deployment Guide",
                "ordering": ["workload__name"],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_limited",
                    models.BooleanField(
                        default=False,
                        help_text="The plan carries a limited form only: a note, not an entitlement.",
                        verbose_name="limited form",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entitlements", to="benefits.plan"
                    ),
                ),
                (
                    "workload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entitlements", to="benefits.workload"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PlanSku",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku_id", models.UUIDField(help_text="skuId in a subscribedSkus export.", verbose_name="SKU id")),
                (
                    "part_number",
                    models.CharField(help_text="skuPartNumber in a subscribedSkus export.", max_length=120),
                ),
                ("product_name", models.CharField(blank=True, max_length=200)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="skus", to="benefits.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "SKU",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("plan", "sku_id"), name="one_sku_per_plan_and_id")],
            },
        ),
        migrations.AddConstraint(
            model_name="servicedescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at", None), ("state", "draft")),
                    models.Q(models.Q(("state", "draft"), _negated=True), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_published_edition_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="productfamily",
            constraint=models.UniqueConstraint(fields=("edition", "code"), name="one_family_per_code"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_from__lte", models.F("effective_to")),
                    _connector="OR",
                ),
                name="plan_starts_before_it_ends",
                violation_error_message="The first day must not be after the last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("edition", "code"), name="one_plan_per_code"),
        ),
        migrations.AddConstraint(
            model_name="goldensignoff",
            constraint=models.UniqueConstraint(
                fields=("edition", "scenario"), name="one_sign_off_per_edition_and_scenario"
            ),
        ),
        migrations.AddIndex(
            model_name="determination",
            index=models.Index(fields=["customer", "-id"], name="newest_determination"),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(fields=("edition", "key"), name="one_source_per_key"),
        ),
        migrations.AddIndex(
            model_name="tenant",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("domain"), "gin_trgm_ops"
                ),
                name="tenants_by_part_of_domain",
            ),
        ),
        migrations.AddIndex(
            model_name="tenant",
            index=models.Index(fields=["directory_id"], name="tenants_by_directory_id"),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("domain"),
                condition=models.Q(("is_confirmed", True)),
                name="one_tenant_per_domain",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_confirmed", True)), fields=("directory_id",), name="one_tenant_per_directory_id"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("replaced_at", None)), fields=["tenant"], name="current_subscriptions"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("replaced_at", None)), fields=["plan_code", "tenant"], name="current_plans"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("plan_code", ""), _negated=True),
                    models.Q(("part_number", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_subscription_names_a_plan_or_a_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_seats", None), ("unpaid_seats", None), _connector="OR"),
                name="seats_are_paid_or_unpaid_not_both",
            ),
        ),
        migrations.AddIndex(
            model_name="enablement",
            index=models.Index(fields=["tenant", "workload_code", "-recorded_at", "-id"], name="newest_enablement"),
        ),
        migrations.AddConstraint(
            model_name="enablement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("part_seats", None), ("part_total", None)),
                    ("part_seats__lte", models.F("part_total")),
                    _connector="OR",
                ),
                name="a_part_is_not_more_than_the_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_from__lte", models.F("effective_to")),
                    _connector="OR",
                ),
                name="threshold_starts_before_it_ends",
                violation_error_message="The first day must not be after the last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="unknownproduct",
            constraint=models.UniqueConstraint(fields=("part_number", "sku_id"), name="one_row_per_unknown_product"),
        ),
        migrations.AddIndex(
            model_name="usagefigure",
            index=models.Index(fields=["tenant", "workload_code", "-on", "-id"], name="newest_usage"),
        ),
        migrations.AddConstraint(
            model_name="workload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_from__lte", models.F("effective_to")),
                    _connector="OR",
                ),
                name="workload_starts_before_it_ends",
                violation_error_message="The first day must not be after the last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="workload",
            constraint=models.UniqueConstraint(fields=("edition", "code"), name="one_workload_per_code"),
        ),
        migrations.AddConstraint(
            model_name="scopeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_from__lte", models.F("effective_to")),
                    _connector="OR",
                ),
                name="scopeitem_starts_before_it_ends",
                violation_error_message="The first day must not be after the last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.UniqueConstraint(
                fields=("plan", "workload", "is_limited"), name="one_entitlement_per_plan_and_workload"
            ),
        ),
    ]
