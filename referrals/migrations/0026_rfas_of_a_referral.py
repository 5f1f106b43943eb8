import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0025_opens_first"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rfa",
            name="referral",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rfas",
                to="referrals.referral",
            ),
        ),
    ]
