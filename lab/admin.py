"""Django admin of routing policies, with what the lab says of each version."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lab.figures import OF_BOUND
from lab.policies import SETTINGS
from lab.results import Moved, Results
from lab.trials import Trial, find_trial
from partners.admin.policy import RoutingPolicyAdmin, RoutingPolicyForm
from partners.models import RoutingPolicy

NAMED = 3  # partners on either side


class TriedPolicyForm(RoutingPolicyForm):
    """A version was tried in the lab, or says why not."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors or data.get("untried_reason"):
            return data
        policy = RoutingPolicy(**{name: data[name] for name in SETTINGS}, version=0).as_policy()
        if find_trial(policy) is None:
            address = lab_address({name: data[name] for name in SETTINGS})
            words = gettext("Try these settings in the {link} first, or enter a reason.")
            link = format_html('<a href="{}" target="_blank">{}</a>', address, gettext("routing lab"))
            self.add_error("untried_reason", ValidationError(format_html(words, link=link)))
        return data


def lab_address(settings: dict[str, Any]) -> str:
    """Of the page that tries these settings beside the current ones."""
    return f"{reverse('pages:lab-new')}?{urlencode({'policy': json.dumps(settings)})}"


admin.site.unregister(RoutingPolicy)


@admin.register(RoutingPolicy)
class TriedPolicyAdmin(RoutingPolicyAdmin):
    """Each version with its last run of the lab."""

    form = TriedPolicyForm
    readonly_fields = [*RoutingPolicyAdmin.readonly_fields, "lab_run"]
    list_display = [*RoutingPolicyAdmin.list_display, "untried_reason"]

    @admin.display(description=_("routing lab"))
    def lab_run(self, row: RoutingPolicy) -> SafeString | str:
        """The last run with these settings: what it places, and who is offered more and less."""
        if row.pk is None:
            return "–"
        trial = find_trial(row.as_policy())
        if trial is None:
            settings = {name: getattr(row, name) for name in SETTINGS}
            return format_html('<a href="{}">{}</a>', lab_address(settings), gettext("Try it in the lab"))
        words = ((line,) for line in _say(Results(trial.run), trial.place))
        return format_html("{}{}", _link(trial), format_html_join("", "<br>{}", words))


def _link(trial: Trial) -> SafeString:
    number = trial.run.public_id
    return format_html('<a href="{}">{}</a>', reverse("pages:lab-run", args=[number]), number)


def _say(results: Results, place: int) -> list[str]:
    said = []
    for line in results.lines(metrics=[OF_BOUND]):
        shares = [100 * (line.cells[one].value or 0.0) for one in (place, 0)]
        words = gettext("Placed: %(share).1f%% of the upper bound (current policy at the time: %(current).1f%%)")
        said.append(words % {"share": shares[0], "current": shares[1]})
    more, less = results.moved(place)
    if more:
        said.append(gettext("Offered more: %(partners)s") % {"partners": _name(more)})
    if less:
        said.append(gettext("Offered less: %(partners)s") % {"partners": _name(less)})
    return said


def _name(rows: list[Moved]) -> str:
    return ", ".join(f"{row.partner} ({row.before} → {row.after})" for row in rows[:NAMED])
