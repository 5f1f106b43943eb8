from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_first_rows"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="organisation",
            options={"ordering": ["name_key", "id"]},
        ),
        migrations.AlterModelOptions(
            name="partner",
            options={"ordering": ["name_key", "id"]},
        ),
        migrations.AddField(
            model_name="organisation",
            name="name_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="partner",
            name="name_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AlterField(
            model_name="partner",
            name="public_id",
            field=models.CharField(db_collation="C", editable=False, max_length=16, unique=True),
        ),
    ]
