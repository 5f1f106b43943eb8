import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


# What is staged has not been recorded, and is forgotten after a day: whoever uploaded it uploads it again.
FORGET = "DELETE FROM benefits_stagedupload"
REFUSE = """
CREATE TRIGGER rows_of_published_editions_are_immutable BEFORE INSERT OR UPDATE OR DELETE ON benefits_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published_rows('edition');
"""
ALLOW = "DROP TRIGGER rows_of_published_editions_are_immutable ON benefits_{table};"
NEW_ROWS = ("outsideproduct", "serviceplan")


class Migration(migrations.Migration):
    """Dated entitlements, products and service plans that are known, and uploads staged as what they say."""

    dependencies = [
        ("benefits", "0002_what_the_database_refuses"),
    ]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="OutsideProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sku_id",
                    models.UUIDField(blank=True, help_text="skuId in an export.", null=True, verbose_name="SKU id"),
                ),
                ("part_number", models.CharField(help_text="skuPartNumber in an export.", max_length=120)),
                ("product_name", models.CharField(blank=True, max_length=200)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("free", "Free"),
                            ("trial", "Trial"),
                            ("no_seats", "Carries no seats of its own"),
                            ("other_family", "Of another family"),
                        ],
                        max_length=16,
                    ),
                ),
                ("notes", models.TextField(blank=True)),
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
            ],
            options={
                "verbose_name": "product outside of the Benefit",
                "verbose_name_plural": "products outside of the Benefit",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ServicePlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "service_plan_id",
                    models.UUIDField(help_text="servicePlanId in an export.", verbose_name="service plan id"),
                ),
                ("name", models.CharField(help_text="As workloads name it.", max_length=120)),
                (
                    "in_families",
                    models.BooleanField(
                        default=True,
                        help_text="Off: no plan of the five families carries it, so that a product with such ones alone is set aside.",
                        verbose_name="in an eligible family",
                    ),
                ),
            ],
            options={
                "verbose_name": "service plan",
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="entitlement",
            name="one_entitlement_per_plan_and_workload",
        ),
        migrations.RemoveField(
            model_name="stagedupload",
            name="raw",
        ),
        migrations.AddField(
            model_name="entitlement",
            name="basis",
            field=models.CharField(
                blank=True, help_text="What says so, where it differs from the rest of the plan.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="effective_from",
            field=models.DateField(
                blank=True, help_text="First day on which this counts. Empty: always did.", null=True
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="effective_to",
            field=models.DateField(
                blank=True, help_text="Last day on which this counts, inclusive. Empty: no end.", null=True
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="sku_id",
            field=models.UUIDField(
                blank=True,
                help_text="Of a limited form: the one SKU that carries it. Empty: all.",
                null=True,
                verbose_name="SKU id",
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="sources",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                help_text="Keys of this edition's sources, separated by commas.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="entitlement",
            name="verified_on",
            field=models.DateField(
                blank=True, help_text="Day on which somebody last saw the sources say this.", null=True
            ),
        ),
        migrations.AddField(
            model_name="servicedescription",
            name="contents_rule",
            field=models.CharField(
                choices=[
                    ("nothing", "A plan without known contents grants nothing"),
                    ("unknown", "A plan without known contents grants what is not known"),
                ],
                default="nothing",
                help_text="What a plan brings that has neither entitlements nor a basis.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="servicedescription",
            name="products_as_of",
            field=models.DateField(
                blank=True,
                help_text="Date of Microsoft’s table of products that was read last.",
                null=True,
                verbose_name="products as of",
            ),
        ),
        migrations.AddField(
            model_name="servicedescription",
            name="service_plan_rule",
            field=models.CharField(
                choices=[
                    ("withhold", "Service plans of an export withhold what is off or missing"),
                    ("both_ways", "Service plans of an export withhold and grant, and bound unknown products"),
                ],
                default="withhold",
                help_text="What the service plans that an export lists do.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="stagedupload",
            name="content",
            field=models.JSONField(
                default=dict, help_text="What was read: products, or usage figures. Nothing about people."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stagedupload",
            name="file_hash",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stagedupload",
            name="kind",
            field=models.CharField(
                choices=[
                    ("subscribedSkus", "Products of the tenant"),
                    ("getOffice365ActiveUserCounts", "Active users by day"),
                    ("getOffice365ServicesUserCounts", "Active and inactive users by service"),
                    ("getOffice365ActiveUserDetail", "Active users, person by person"),
                    ("getM365AppUserCounts", "App users by day"),
                    ("getM365AppUserDetail", "App users, person by person"),
                    ("getOffice365ActivationsUserCounts", "Activations of the apps"),
                    ("getOffice365ActivationsUserDetail", "Activations of the apps, person by person"),
                    ("getMicrosoft365CopilotUserCountSummary", "Copilot users"),
                    ("getMicrosoft365CopilotUserCountTrend", "Copilot users by day"),
                    ("getMicrosoft365CopilotUsageUserDetail", "Copilot users, person by person"),
                    ("getTeamsUserActivityUserCounts", "Teams users by day"),
                    ("getTeamsUserActivityUserDetail", "Teams users, person by person"),
                    ("getTeamsDeviceUsageUserDetail", "Devices of Teams users, person by person"),
                    ("getYammerActivityUserDetail", "Viva Engage users, person by person"),
                    ("getYammerDeviceUsageUserDetail", "Devices of Viva Engage users, person by person"),
                    ("getSharePointActivityUserCounts", "SharePoint users by day"),
                    ("getSharePointActivityUserDetail", "SharePoint users, person by person"),
                    ("getOneDriveActivityUserDetail", "OneDrive users, person by person"),
                    ("getOneDriveUsageAccountDetail", "OneDrive accounts, one by one"),
                    ("getOneDriveUsageAccountCounts", "OneDrive accounts by day"),
                    ("getMailboxUsageDetail", "Mailboxes, one by one"),
                    ("getEmailActivityUserDetail", "Mail users, person by person"),
                    ("getEmailAppUsageUserDetail", "Mail apps, person by person"),
                ],
                default="",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stagedupload",
            name="size",
            field=models.PositiveIntegerField(default=0, help_text="Bytes."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="workload",
            name="derived_from",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                blank=True,
                default=list,
                help_text="Codes of workloads: who holds all of them holds this one, too.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="workload",
            name="needs",
            field=models.CharField(
                default="any",
                help_text="How many of its service plans have to be on: any, all, or a number.",
                max_length=3,
                validators=[
                    django.core.validators.RegexValidator("^(any|all|[1-9][0-9]?)\\Z", "Write any, all, or a number.")
                ],
                verbose_name="service plans needed",
            ),
        ),
        migrations.AlterField(
            model_name="exportupload",
            name="kind",
            field=models.CharField(
                choices=[
                    ("subscribedSkus", "Products of the tenant"),
                    ("getOffice365ActiveUserCounts", "Active users by day"),
                    ("getOffice365ServicesUserCounts", "Active and inactive users by service"),
                    ("getOffice365ActiveUserDetail", "Active users, person by person"),
                    ("getM365AppUserCounts", "App users by day"),
                    ("getM365AppUserDetail", "App users, person by person"),
                    ("getOffice365ActivationsUserCounts", "Activations of the apps"),
                    ("getOffice365ActivationsUserDetail", "Activations of the apps, person by person"),
                    ("getMicrosoft365CopilotUserCountSummary", "Copilot users"),
                    ("getMicrosoft365CopilotUserCountTrend", "Copilot users by day"),
                    ("getMicrosoft365CopilotUsageUserDetail", "Copilot users, person by person"),
                    ("getTeamsUserActivityUserCounts", "Teams users by day"),
                    ("getTeamsUserActivityUserDetail", "Teams users, person by person"),
                    ("getTeamsDeviceUsageUserDetail", "Devices of Teams users, person by person"),
                    ("getYammerActivityUserDetail", "Viva Engage users, person by person"),
                    ("getYammerDeviceUsageUserDetail", "Devices of Viva Engage users, person by person"),
                    ("getSharePointActivityUserCounts", "SharePoint users by day"),
                    ("getSharePointActivityUserDetail", "SharePoint users, person by person"),
                    ("getOneDriveActivityUserDetail", "OneDrive users, person by person"),
                    ("getOneDriveUsageAccountDetail", "OneDrive accounts, one by one"),
                    ("getOneDriveUsageAccountCounts", "OneDrive accounts by day"),
                    ("getMailboxUsageDetail", "Mailboxes, one by one"),
                    ("getEmailActivityUserDetail", "Mail users, person by person"),
                    ("getEmailAppUsageUserDetail", "Mail apps, person by person"),
                ],
                default="subscribedSkus",
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_from__lte", models.F("effective_to")),
                    _connector="OR",
                ),
                name="entitlement_starts_before_it_ends",
                violation_error_message="The first day must not be after the last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("sku_id", None), ("is_limited", True), _connector="OR"),
                name="only_a_limited_form_is_of_a_sku",
            ),
        ),
        migrations.AddConstraint(
            model_name="entitlement",
            constraint=models.UniqueConstraint(
                fields=("plan", "workload", "is_limited", "sku_id", "effective_from"),
                name="one_entitlement_per_plan_workload_and_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="outsideproduct",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="benefits.servicedescription"
            ),
        ),
        migrations.AddField(
            model_name="serviceplan",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="benefits.servicedescription"
            ),
        ),
        migrations.AddConstraint(
            model_name="outsideproduct",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sku_id", None), _negated=True),
                fields=("edition", "sku_id"),
                name="one_outside_product_per_sku_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsideproduct",
            constraint=models.UniqueConstraint(
                fields=("edition", "part_number"), name="one_outside_product_per_part_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceplan",
            constraint=models.UniqueConstraint(fields=("edition", "service_plan_id"), name="one_service_plan_per_id"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="read",
            field=models.JSONField(
                blank=True,
                help_text="The product as an export shows it: SKU id, part number, service plans.",
                null=True,
            ),
        ),
        migrations.RunSQL(
            "".join(REFUSE.format(table=table) for table in NEW_ROWS),
            "".join(ALLOW.format(table=table) for table in NEW_ROWS),
        ),
    ]
