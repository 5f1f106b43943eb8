import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0007_fill_keys"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("note_key", "gin_trgm_ops"),
                condition=models.Q(("kind", "note")),
                name="notes_of_history",
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("notes_key", "gin_trgm_ops"),
                condition=models.Q(("notes_key", ""), _negated=True),
                name="notes_of_declines",
            ),
        ),
    ]
