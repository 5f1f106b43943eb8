from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0026_rfas_of_a_referral"),
    ]

    operations = [
        migrations.AddField(
            model_name="escalationmessage",
            name="form_key",
            field=models.UUIDField(
                help_text="Made of the form's key, its author and words: posted twice, written once.",
                null=True,
                unique=True,
            ),
        ),
    ]
