"""How a person is named to others, and wants to hear of things."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import check_time_zone
from pages.fields import PlainForm
from referrals.models.notice import NoticeGroup, NoticeWay

LEAST_MAIL_MINUTES = 60


class OwnNameForm(PlainForm):
    """How a person is called beside what it does."""

    name = forms.CharField(
        label=_("Display name"),
        max_length=120,
        required=False,
        help_text=_("Shown to your colleagues and the team. Leave blank to show your email address."),
    )


class NoticesForm(PlainForm):
    """How a person wants to hear of things: a way for each group it can have notices of, and its hours for mail."""

    def __init__(self, *args: Any, groups: Iterable[NoticeGroup], **kwargs: Any) -> None:
        self.groups = list(groups)
        super().__init__(*args, **kwargs)
        for group in self.groups:
            way = forms.ChoiceField(label=group.label, choices=NoticeWay.choices, widget=forms.RadioSelect)
            self.fields[f"way_{group}"] = way
        self.order_fields([f"way_{group}" for group in self.groups])

    time_zone = forms.CharField(label=_("Time zone"), max_length=64, validators=[check_time_zone])
    mail_from = forms.TimeField(
        label=_("Quiet hours end"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    mail_until = forms.TimeField(
        label=_("Quiet hours start"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    digest_at = forms.TimeField(
        label=_("Daily digest time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("mail_from", "mail_until", "digest_at"):
            if data.get(name):
                data[name] = data[name].replace(second=0, microsecond=0)
        begins, ends = data.get("mail_from"), data.get("mail_until")
        if begins and ends and (ends.hour * 60 + ends.minute) - (begins.hour * 60 + begins.minute) < LEAST_MAIL_MINUTES:
            self.add_error("mail_until", gettext("Quiet hours must start at least an hour after they end."))
        return data

    def ways(self) -> dict[str, str]:
        return {group.value: self.cleaned_data[f"way_{group}"] for group in self.groups}
