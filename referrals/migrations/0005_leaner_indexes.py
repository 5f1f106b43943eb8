import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Each of these would be written with every offer and every move, and no query reads them: ids and tokens are looked up
# whole, never by how they begin, and rows are found from their referral.
NO_BEGINNINGS = """
DO $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '%\\_like'
        AND tablename IN ('referrals_referral', 'referrals_offer', 'referrals_notification')
    LOOP
        EXECUTE format('DROP INDEX %I', found);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0003_governance_and_evidence"),
        ("partners", "0002_fair_routing"),
        ("referrals", "0004_explained_routing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="determination",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="benefits.determination",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="referral",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="referrals.referral",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="referral",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="referrals.referral",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="determination",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="As it stood when it ended.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="benefits.determination",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="reason",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="referrals.declinereason",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="referrals.routingrun",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="benefits.customer",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="differs_under",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The edition under which the determination would differ; nothing changes by itself.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="benefits.servicedescription",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="referrals.referral",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="retry_partner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="siblings",
                to="referrals.referral",
            ),
        ),
        migrations.AlterField(
            model_name="routingrun",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="referrals.routingbatch",
            ),
        ),
        migrations.AlterField(
            model_name="routingrun",
            name="chosen",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="routingrun",
            name="referral",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="referrals.referral",
            ),
        ),
        migrations.RunSQL(NO_BEGINNINGS, migrations.RunSQL.noop),
    ]
