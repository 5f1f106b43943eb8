import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0003_governance_and_evidence"),
        ("referrals", "0006_mail_by_day"),
    ]

    operations = [
        migrations.AlterField(
            model_name="referral",
            name="determination",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The newest one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="benefits.determination",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                help_text="It asks for.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="benefits.tenant",
            ),
        ),
    ]
