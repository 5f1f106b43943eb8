import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0006_keys"),
        ("referrals", "0007_fill_keys"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("name_key", "gin_trgm_ops"), name="customers_by_part_of_name"
            ),
        ),
        migrations.AddIndex(
            model_name="tenant",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("domain_key", "gin_trgm_ops"), name="tenants_by_part_of_domain"
            ),
        ),
    ]
