from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_choices(apps: Any, schema_editor: Any) -> None:
    opens_first = apps.get_model("referrals", "OpensFirst")
    views = apps.get_model("referrals", "SavedView").objects.filter(is_default=True)
    opens_first.objects.bulk_create(
        opens_first(person_id=view.owner_id, list_name=view.list_name, view=view) for view in views
    )


def keep_owners_choices(apps: Any, schema_editor: Any) -> None:
    """Before, only one's own views could open first."""
    own = apps.get_model("referrals", "OpensFirst").objects.filter(view__owner=models.F("person"))
    views = apps.get_model("referrals", "SavedView").objects
    views.filter(pk__in=own.values("view")).update(is_default=True)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0024_lists_in_their_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpensFirst",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list_name",
                    models.CharField(
                        choices=[("offers", "A partner’s queue"), ("referrals", "The team’s referrals")], max_length=10
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opens_first_for",
                        to="referrals.savedview",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="opensfirst",
            constraint=models.UniqueConstraint(
                fields=("person", "list_name"), name="one_view_opens_first_per_person_and_list"
            ),
        ),
        migrations.RunPython(keep_choices, keep_owners_choices),
        migrations.RemoveConstraint(model_name="savedview", name="one_default_view_per_person_and_list"),
        migrations.RemoveField(model_name="savedview", name="is_default"),
    ]
