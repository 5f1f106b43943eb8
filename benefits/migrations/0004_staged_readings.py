from django.db import migrations, models

# What is staged has not been recorded, and is forgotten after a day: whoever uploaded it uploads it again.
FORGET = "DELETE FROM benefits_stagedupload"


class Migration(migrations.Migration):
    """What a file says is staged, not the file."""

    dependencies = [("benefits", "0003_dated_entitlements")]
    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RemoveField("stagedupload", "raw"),
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
                    ("getMailboxUsageMailboxCounts", "Mailboxes by day"),
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
                    ("getMailboxUsageMailboxCounts", "Mailboxes by day"),
                    ("getEmailActivityUserDetail", "Mail users, person by person"),
                    ("getEmailAppUsageUserDetail", "Mail apps, person by person"),
                ],
                default="subscribedSkus",
                max_length=40,
            ),
        ),
    ]
