from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
    ]
