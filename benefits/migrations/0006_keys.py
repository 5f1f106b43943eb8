import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0005_exact_unknowns_and_the_table"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={"ordering": ["name_key", "id"]},
        ),
        migrations.AlterModelOptions(
            name="guide",
            options={
                "ordering": [
                    django.db.models.functions.comparison.Collate(
                        django.db.models.functions.text.Lower("workload__name"), "C"
                    )
                ],
                "verbose_name": "Advanced Deployment Guide",
            },
        ),
        migrations.AlterModelOptions(
            name="plan",
            options={
                "ordering": [
                    django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower("name"), "C")
                ]
            },
        ),
        migrations.AlterModelOptions(
            name="productfamily",
            options={
                "ordering": [
                    "place",
                    django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower("name"), "C"),
                ],
                "verbose_name_plural": "product families",
            },
        ),
        migrations.AlterModelOptions(
            name="workload",
            options={
                "ordering": [
                    django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower("name"), "C")
                ]
            },
        ),
        migrations.RemoveIndex(
            model_name="customer",
            name="customers_by_part_of_name",
        ),
        migrations.RemoveIndex(
            model_name="tenant",
            name="tenants_by_part_of_domain",
        ),
        migrations.AddField(
            model_name="customer",
            name="name_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="tenant",
            name="domain_key",
            field=models.TextField(db_collation="C", db_default="", editable=False),
        ),
        migrations.AlterField(
            model_name="determination",
            name="public_id",
            field=models.CharField(db_collation="C", editable=False, max_length=16, unique=True),
        ),
    ]
