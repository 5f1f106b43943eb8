from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0006_keys"),
        ("accounts", "0002_keys"),
        ("partners", "0004_keys"),
        ("referrals", "0005_microsofts_own_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="savedview",
            options={"ordering": ["name_key", "id"]},
        ),
        migrations.RemoveIndex(
            model_name="event",
            name="notes_of_history",
        ),
        migrations.RemoveIndex(
            model_name="offer",
            name="notes_of_declines",
        ),
        migrations.AddField(
            model_name="colleaguenote",
            name="text_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="declinereason",
            name="label_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="event",
            name="note_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="offer",
            name="notes_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="offer",
            name="tags_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="savedview",
            name="name_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="public_id",
            field=models.CharField(db_collation="C", editable=False, max_length=16, unique=True),
        ),
        migrations.AlterField(
            model_name="offer",
            name="public_id",
            field=models.CharField(db_collation="C", editable=False, max_length=16, unique=True),
        ),
        migrations.AlterField(
            model_name="referral",
            name="public_id",
            field=models.CharField(db_collation="C", editable=False, max_length=16, unique=True),
        ),
    ]
