"""How partners answer: why they decline, where none is left, and how offers are shared among them."""

from collections import Counter, defaultdict

from django.db.models import Count, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.folding import fold
from benefits.data.places import COUNTRY_NAMES
from partners.choices import ReferralType
from referrals.choices import OfferState
from referrals.models import Offer, Referral, RoutingRun
from referrals.reviewing.hiding import SMALLEST_SHOWN, hide_small
from referrals.routing.fairness import Pool, measure_fairness

from .shape import Insight, Names, Span, say_percent

MOST_ROWS = 15


def decline_reasons(span: Span, names: Names) -> Insight:
    """Why partners decline: reason by partner, small numbers hidden.

    Rows and columns stand in the order of what is shown: the order of the numbers would tell hidden ones.
    """
    rows = Offer.objects.filter(state=OfferState.DECLINED).filter(span.holds("answered_at"))
    counted = rows.order_by().values_list("partner__name", "reason__label").annotate(n=Count("pk"))
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for partner, reason, number in counted:
        table[partner][reason] = number
    shown = {partner: hide_small(tuple(row.values())) for partner, row in table.items()}
    partners = sorted(table, key=lambda name: (-(shown[name][0] or 0), fold(name)))[:MOST_ROWS]
    cells = {name: dict(zip(table[name], shown[name][1], strict=True)) for name in partners}
    seen: Counter[str] = Counter()
    for row in cells.values():
        seen.update({reason: number or 0 for reason, number in row.items()})
    reasons = sorted(seen, key=lambda reason: (-seen[reason], reason))
    lines = tuple(
        (name, _or_hidden(shown[name][0]), *(_or_hidden(cells[name].get(one, 0)) for one in reasons))
        for name in partners
    )
    says = _(
        "Declines by partner and reason. Values under %(number)d are suppressed, as are values that would reveal them."
    )
    heads = (_("Partner"), _("All"), *reasons)

    def behind(place: int) -> QuerySet[Referral]:
        return Referral.objects.filter(pk__in=rows.filter(partner__name=partners[place]).values("referral"))

    return Insight("reasons", _("Decline reasons"), says % {"number": SMALLEST_SHOWN}, heads, lines, behind)


def _or_hidden(number: int | None) -> object:
    if number is None:
        return _("suppressed")
    return number or "–"


def nobody_left(span: Span, names: Names) -> Insight:
    """For which workloads and countries no partner passed."""
    runs = RoutingRun.objects.filter(passing=0, chosen=None).filter(span.holds("batch__at"))
    unmet = runs.filter(shares=[]).values_list("referral").distinct()
    found = Referral.objects.filter(pk__in=unmet)
    counted: Counter[tuple[str, str]] = Counter()
    for cover, country in found.values_list("cover", "customer__country"):
        counted.update((code, country) for code in cover)
    most = sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:MOST_ROWS]
    lines = tuple(
        (f"{names.get(code, code)}, {COUNTRY_NAMES.get(country, country)}", number) for (code, country), number in most
    )
    says = _("Referrals that had no matching partner at some point, by required workload and country.")
    heads = (_("Workload and country"), _("Referrals"))

    def behind(place: int) -> QuerySet[Referral]:
        code, country = most[place][0]
        return found.filter(cover__contains=[code], customer__country=country)

    return Insight("exhausted", _("No matching partner"), says, heads, lines, behind)


def shares(span: Span, names: Names) -> Insight:
    """How Benefit offers are shared."""
    rows = measure_fairness(Pool(ReferralType.BENEFIT), since=span.since, until=span.until)[:MOST_ROWS]
    lines = tuple(
        (row.partner.name, row.offers, say_percent(row.share, 1), number_format(round(row.ratio, 2), 2)) for row in rows
    )
    says = _("Benefit referral offers in this period; 1 is an even share.")
    heads = (_("Partner"), _("Offers"), _("Share"), _("× even share"))

    def behind(place: int) -> QuerySet[Referral]:
        offers = Offer.objects.filter(span.holds("offered_at"), referral_type=ReferralType.BENEFIT, was_unseen=False)
        return Referral.objects.filter(pk__in=offers.filter(partner=rows[place].partner).values("referral"))

    return Insight("fairness", _("Offer distribution"), says, heads, lines, behind)
