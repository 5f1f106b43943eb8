from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0028_drafts_that_were_sent"),
    ]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="is_objection",
            field=models.BooleanField(default=False, help_text="The requester objects to the change of type."),
        ),
    ]
