import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from partners.domain.matching import Moving
from partners.domain.receipts import digest, pack_moving
from referrals.data.defaults import write_defaults

DROP_TRIGGER = "DROP TRIGGER routing_runs_are_append_only ON referrals_routingrun"
CREATE_TRIGGER = """
CREATE TRIGGER routing_runs_are_append_only BEFORE UPDATE OR DELETE ON referrals_routingrun
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
DROP_BATCH_TRIGGER = "DROP TRIGGER routing_batches_are_append_only ON referrals_routingbatch"
BATCH_TRIGGER = """
CREATE TRIGGER routing_batches_are_append_only BEFORE UPDATE OR DELETE ON referrals_routingbatch
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history();
"""
UNCOUNTED = """
UPDATE referrals_offer o SET uses_capacity = FALSE FROM referrals_referral r
WHERE r.id = o.referral_id AND (r.state = 'fee_based' OR r.state_before = 'fee_based');
"""
MEASURED = """
UPDATE referrals_referral SET unheld_since = next_action_at WHERE next_action IN ('screen', 'route');
"""


def keep_older_runs(apps, schema_editor):
    """Each run of the first engine gets a batch of its own, with the open offers and turns that it stored."""
    run_model, batch_model = apps.get_model("referrals", "RoutingRun"), apps.get_model("referrals", "RoutingBatch")
    if not run_model.objects.exists():
        return
    policy = apps.get_model("partners", "RoutingPolicy").objects.get(version=1)
    packed = pack_moving({})
    base, _is_new = apps.get_model("partners", "MovingBase").objects.get_or_create(
        content_hash=digest(packed.hex()), defaults={"packed": packed}
    )
    for run in run_model.objects.order_by("id").iterator():
        stored = {
            int(partner): Moving(opens, datetime.datetime.fromisoformat(turn) if turn else None)
            for partner, (opens, turn) in run.moving.items()
        }
        run.planned_in = batch_model.objects.create(
            at=run.at,
            engine_version=run.engine_version,
            policy=policy,
            profiles_id=run.profiles_id,
            base=base,
            changes=pack_moving(stored),
            start_hash="",
        )
        run.position = 0
        run.save(update_fields=["planned_in", "position"])


def keep_effects(apps, schema_editor):
    """Reasons that asked for a corrected availability go on doing so."""
    reasons = apps.get_model("referrals", "DeclineReason").objects
    reasons.filter(asks_for_availability=True).update(effect="availability")
    reasons.filter(code__in=("skills", "language")).update(effect="profile")
    reasons.filter(code="duplicate").update(effect="duplicate")


def write(apps, schema_editor):
    write_defaults(apps.get_model("referrals", "DeclineReason"), apps.get_model("referrals", "SiteLink"))


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0003_governance_and_evidence"),
        ("partners", "0002_fair_routing"),
        ("referrals", "0003_edition_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(DROP_TRIGGER, CREATE_TRIGGER),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tried_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("mail", "E-mail"),
                            ("meeting", "Meeting invitation"),
                            ("other", "Another way"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "is_settled",
                    models.BooleanField(
                        default=False, help_text="The customer answered afterwards; it counts no more."
                    ),
                ),
            ],
            options={
                "ordering": ["tried_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoutingBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("engine_version", models.PositiveSmallIntegerField()),
                (
                    "changes",
                    models.BinaryField(help_text="Open offers and last turns that differed from the base, packed."),
                ),
                ("start_hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name_plural": "routing batches",
            },
        ),
        migrations.RemoveConstraint(
            model_name="offer",
            name="one_offer_per_referral_partner_and_round",
        ),
        migrations.AddField(
            model_name="declinereason",
            name="effect",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Nothing besides"),
                    ("availability", "Asks until when the availability is lower"),
                    ("profile", "Proposes a correction of the profile to the admins"),
                    ("duplicate", "Links the referral that it is a duplicate of"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="declinereason",
            name="retry_after_days",
            field=models.PositiveSmallIntegerField(
                default=7, help_text="For “comes back to you later”: after how many days."
            ),
        ),
        migrations.AddField(
            model_name="declinereview",
            name="nudged_at",
            field=models.DateTimeField(blank=True, help_text="When it was escalated as overdue.", null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="offer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="referrals.offer",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="remind_at",
            field=models.DateTimeField(blank=True, help_text="When the partner is next reminded to answer.", null=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="respond_why",
            field=models.TextField(blank=True, help_text="How that was counted."),
        ),
        migrations.AddField(
            model_name="offer",
            name="turn_at",
            field=models.DateTimeField(blank=True, help_text="The turn that it spent.", null=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="turn_before",
            field=models.DateTimeField(blank=True, help_text="The partner's last turn before it.", null=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="uses_capacity",
            field=models.BooleanField(default=True, help_text="While it is live; fee-based work uses none."),
        ),
        migrations.AddField(
            model_name="offer",
            name="was_unseen",
            field=models.BooleanField(
                default=False, help_text="Withdrawn unseen because an earlier decline was taken back: it was no turn."
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="due_why",
            field=models.TextField(blank=True, help_text="How the due time of the next act was counted."),
        ),
        migrations.AddField(
            model_name="referral",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="referrals.referral",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="nudged_at",
            field=models.DateTimeField(blank=True, help_text="When somebody was told that it is overdue.", null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="unheld_for",
            field=models.DurationField(default=datetime.timedelta, help_text="How long it was nobody's, all told."),
        ),
        migrations.AddField(
            model_name="referral",
            name="unheld_since",
            field=models.DateTimeField(blank=True, help_text="The system has it since then.", null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="unreachable_since",
            field=models.DateTimeField(
                blank=True, help_text="When the requester was mailed after several attempts to reach it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="waiting_since",
            field=models.DateTimeField(
                blank=True, help_text="No partner passes since then; tried again as soon as one may.", null=True
            ),
        ),
        migrations.AddField(
            model_name="routingrun",
            name="left_over",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="routingrun",
            name="shares",
            field=models.JSONField(blank=True, default=list, help_text="Of a split: partner and its workloads."),
        ),
        migrations.AlterField(
            model_name="declinereview",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "To review"),
                    ("acknowledged", "Acknowledged"),
                    ("taken_back", "Taken back by the partner"),
                ],
                default="open",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "Request received"),
                    ("moved", "State changed"),
                    ("determined", "Determination recorded"),
                    ("retyped", "Type changed"),
                    ("offered", "Offered"),
                    ("offer_opened", "Offer opened"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("expired", "Offer expired"),
                    ("withdrawn", "Offer withdrawn"),
                    ("completed", "Offer completed"),
                    ("release_requested", "Release requested"),
                    ("release_decided", "Release decided"),
                    ("availability", "Availability corrected"),
                    ("facts_recorded", "Facts recorded"),
                    ("contacts_shown", "Contact data shown"),
                    ("note", "Note"),
                    ("reviewed", "Decline reviewed"),
                    ("asked", "Customer asked"),
                    ("answered", "Customer answered"),
                    ("split", "Split"),
                    ("request_changed", "Request completed"),
                    ("cover_set", "Workloads to cover set"),
                    ("trouble", "Could not be done automatically"),
                    ("undone", "Taken back"),
                    ("reminded", "Reminder sent"),
                    ("escalated", "Overdue: escalated"),
                    ("contact_tried", "Contact tried"),
                    ("tried_again", "Tried again: a partner may be free"),
                    ("healed", "Put right by the reconciler"),
                    ("correction", "Profile correction proposed"),
                    ("linked", "Linked as a duplicate"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="referrals.routingrun",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="next_action",
            field=models.CharField(
                blank=True,
                choices=[
                    ("screen", "Screen the request"),
                    ("answer_questions", "Answer the questions"),
                    ("route", "Choose a partner"),
                    ("answer_offer", "Answer the offer"),
                    ("decide_release", "Decide the release request"),
                    ("determine", "Complete the due diligence"),
                    ("report_progress", "Report progress"),
                    ("review", "Review"),
                    ("wake", "Take up again"),
                    ("follow_ftc", "Follow up with the FastTrack Center"),
                    ("answer_partner", "Answer the partner"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="routingrun",
            name="receipt_hash",
            field=models.CharField(help_text="Chained to the run before it in the batch.", max_length=64),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(condition=models.Q(("state", "pending")), fields=["remind_at"], name="reminded_offers"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["waiting_since", "id"],
                name="waiting_referrals",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("engagement", ""), _negated=True), fields=["engagement"], name="engagements"
            ),
        ),
        migrations.AddField(
            model_name="contactattempt",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="referrals.offer"
            ),
        ),
        migrations.AddField(
            model_name="contactattempt",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routingbatch",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="partners.movingbase"
            ),
        ),
        migrations.AddField(
            model_name="routingbatch",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="partners.routingpolicy"
            ),
        ),
        migrations.AddField(
            model_name="routingbatch",
            name="profiles",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="partners.profilerevision"
            ),
        ),
        migrations.AddIndex(
            model_name="contactattempt",
            index=models.Index(condition=models.Q(("is_settled", False)), fields=["offer"], name="attempts_that_count"),
        ),
        migrations.AddField(
            model_name="routingrun",
            name="planned_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="referrals.routingbatch"
            ),
        ),
        migrations.RunPython(keep_older_runs, migrations.RunPython.noop),
        migrations.RunPython(keep_effects, migrations.RunPython.noop),
        migrations.RunSQL(UNCOUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(MEASURED, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="declinereason",
            name="asks_for_availability",
        ),
        migrations.RemoveField(
            model_name="declinereason",
            name="consequence",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="at",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="engine_version",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="moving",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="policy_version",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="profiles",
        ),
        migrations.RemoveField(
            model_name="routingrun",
            name="batch",
        ),
        migrations.RenameField("routingrun", "planned_in", "batch"),
        migrations.AlterField(
            model_name="routingrun",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="referrals.routingbatch"
            ),
        ),
        migrations.AddConstraint(
            model_name="routingrun",
            constraint=models.UniqueConstraint(fields=("batch", "position"), name="one_run_per_place_in_a_batch"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("was_unseen", False)),
                fields=("referral", "partner", "round"),
                name="one_offer_per_referral_partner_and_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("waiting_since", None), ("state", "in_review"), _connector="OR"),
                name="a_referral_without_a_partner_is_with_the_team",
            ),
        ),
        migrations.RunSQL(CREATE_TRIGGER, DROP_TRIGGER),
        migrations.RunSQL(BATCH_TRIGGER, DROP_BATCH_TRIGGER),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
