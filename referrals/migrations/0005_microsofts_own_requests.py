from django.db import migrations, models

PORTALS = (
    ("Microsoft 365 admin center", "https://admin.microsoft.com/"),
    ("Microsoft 365 Setup", "https://setup.microsoft.com/microsoft-365-fasttrack-assistance"),
)


def add_portals(apps, schema_editor):
    """Where Microsoft takes requests itself, behind the links that are there; admins edit them afterwards."""
    links = apps.get_model("referrals", "SiteLink").objects
    behind = links.aggregate(last=models.Max("place"))["last"] or 0
    for place, (label, url) in enumerate(PORTALS, behind + 1):
        if not links.filter(url=url).exists():
            links.create(label=label, url=url, place=place)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_drafts_keep_products")]
    operations = [
        migrations.AddField(
            model_name="referral",
            name="rfa_id",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Of the request at Microsoft, where the customer made one.",
                max_length=40,
                verbose_name="RFA ID",
            ),
        ),
        migrations.RunPython(add_portals, migrations.RunPython.noop),
    ]
