"""The colleague who looks after an offer is called so; the address of a list may be as long as its filters take."""

from django.db import migrations, models

RENAMED = r"""
UPDATE referrals_savedview
SET address = regexp_replace(regexp_replace(address, '\mflag=unassigned\M', 'flag=nobody'), '\massigned\M', 'offered')
WHERE address ~ 'assigned'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0013_whose_rows_an_export_holds"),
    ]

    operations = [
        migrations.RenameField("offer", "assigned_to", "colleague"),
        migrations.AlterField("listexport", "address", models.TextField(help_text="The list's query.")),
        migrations.AlterField("savedview", "address", models.TextField(help_text="The list's query.")),
        migrations.RunSQL(RENAMED, migrations.RunSQL.noop),
    ]
