import django.db.models.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("referrals", "0011_templates_calendars_reports")]
    operations = [
        migrations.AddField(
            model_name="rfa",
            name="reference",
            field=django.db.models.fields.CharField(
                db_collation="C",
                editable=False,
                help_text="The number of the referral that it becomes.",
                max_length=16,
                null=True,
                unique=True,
            ),
        ),
    ]
