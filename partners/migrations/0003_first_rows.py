import datetime as dt
import uuid

from django.db import migrations

FIRST_POLICY = {"effective_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "reason": "The programme's own rules."}
TIE_BREAKS = ["least_recently_offered", "fewest_open"]


def write(apps, schema_editor):
    """Version 1 of the policy, and of the profiles. Rows that are there are left alone."""
    apps.get_model("partners", "ProfileVersion").objects.get_or_create(pk=1, defaults={"version": uuid.uuid4()})
    policies = apps.get_model("partners", "RoutingPolicy")
    if not policies.objects.exists():
        policies.objects.create(version=1, tie_breaks=TIE_BREAKS, **FIRST_POLICY)


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_what_the_database_refuses")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
