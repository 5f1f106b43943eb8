from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0027_words_posted_twice"),
    ]

    operations = [
        migrations.AddField(
            model_name="requestdraft",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="requestdraft",
            name="email",
            field=models.EmailField(blank=True, help_text="Where the way back to it is mailed.", max_length=254),
        ),
        migrations.AddConstraint(
            model_name="requestdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at", None), models.Q(("data", {}), ("email", "")), _connector="OR"),
                name="a_draft_that_was_sent_holds_nothing",
            ),
        ),
    ]
