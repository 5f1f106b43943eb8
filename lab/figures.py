"""Which figures of a policy are shown, in which order and unit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Metric:
    """How a figure is shown: times ``scale``, with so many ``digits`` and a unit."""

    key: str
    label: "StrOrPromise"
    scale: float = 1.0
    digits: int = 1
    unit: str = ""


OF_BOUND = Metric("of_bound", _("Placed, of the upper bound"), 100, 1, "%")
PLACED = Metric("placed", _("Placed"), 100, 1, "%")
GINI = Metric("gini", _("Unevenness (Gini)"), 1, 3)
UNSTABLE = Metric("unstable", _("First offers that change if one partner’s capacity grows by 1"), 100, 1, "%")
METRICS = (
    OF_BOUND,
    PLACED,
    Metric("without_candidates", _("No matching partner"), 100, 1, "%"),
    Metric("exhausted", _("All matching partners asked, none accepted"), 100, 1, "%"),
    Metric("partly", _("Accepted, but some workloads left over"), 100, 1, "%"),
    Metric("waited", _("Waited for a free partner"), 100, 1, "%"),
    Metric("unheld", _("Time without a partner, mean"), 1, 1, "h"),
    Metric("offers", _("Offers until accepted, mean"), 1, 2),
    Metric("offers_p90", _("Offers until accepted, 90th percentile"), 1, 1),
    Metric("hours", _("Time until accepted, mean"), 1, 1, "h"),
    Metric("hours_p90", _("Time until accepted, 90th percentile"), 1, 1, "h"),
    Metric("business_hours", _("Business hours until accepted, mean"), 1, 1, "h"),
    Metric("business_hours_p90", _("Business hours until accepted, 90th percentile"), 1, 1, "h"),
    Metric("in_time", _("Offers answered in time"), 100, 1, "%"),
    Metric("lapsed", _("Offers expired"), 1, 0),
    GINI,
    Metric("least", _("Smallest share vs even share"), 1, 2),
    Metric("most", _("Largest share vs even share"), 1, 2),
    Metric("longest_drought", _("Longest run of missed offers"), 1, 0),
    Metric("newcomers", _("New partners’ share vs even share, first 30 days"), 1, 2),
    Metric("envied", _("Offers that skipped a partner waiting longer"), 100, 1, "%"),
    Metric("regretted", _("Not accepted where the second choice would have"), 100, 1, "%"),
    UNSTABLE,
)
BY_KEY = {metric.key: metric for metric in METRICS}
