from django.db import migrations

SITE_LINKS = (
    ("Request deployment assistance", "/request/"),
    ("Service description", "/service-description/"),
    ("Knowledge articles", "https://fpc.microsoft.com/knowledgebase/"),
    ("Escalations and questions", "https://fpc.microsoft.com/support/"),
)

# code, label, next act, effect, claimed outcomes
DECLINE_REASONS = (
    ("no_capacity", "We have no capacity", "route_on", "availability", ()),
    ("skills", "We lack the skills", "route_on", "profile", ()),
    ("language", "Language or region does not fit", "route_on", "profile", ()),
    ("already_realized", "The Benefit is already realized", "route_on", "", ("benefit_realized",)),
    ("out_of_scope", "The request is outside the Benefit", "route_on", "", ("out_of_scope", "not_eligible")),
    ("unreachable", "The customer cannot be reached", "retry_later", "", ()),
    ("wrong_type", "Wrong type of referral", "review_first", "", ()),
    ("duplicate", "Duplicate of another referral", "review_first", "duplicate", ()),
    ("conflict", "Conflict of interest", "review_first", "", ()),
    ("other", "Another reason", "route_on", "", ()),
)

ACKNOWLEDGEMENT = {
    "title": "Acknowledgement by the customer",
    "text": (
        "We confirm that we asked for the help described in this record, and that the work named in it was done for us"
        " on the dates given. Help within the FastTrack Benefit comes with our subscriptions, at no charge."
        " This record may be shown as proof that the work was done."
    ),
    "industries": ["government", "education"],
}


def write(apps, schema_editor):
    """What admins edit afterwards: reasons to decline, links of the foot, the text that customers sign.

    An installation that has reasons to decline has had its first rows already.
    """
    reasons = apps.get_model("referrals", "DeclineReason")
    if reasons.objects.exists():
        return
    for place, (code, label, act, effect, claims) in enumerate(DECLINE_REASONS):
        claimed = {"effect": effect, "claimed_outcomes": list(claims), "place": place}
        reasons.objects.create(code=code, label=label, next_act=act, **claimed)
    for place, (label, url) in enumerate(SITE_LINKS):
        apps.get_model("referrals", "SiteLink").objects.create(label=label, url=url, place=place)
    apps.get_model("referrals", "Acknowledgement").objects.create(**ACKNOWLEDGEMENT)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_what_the_database_refuses")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
