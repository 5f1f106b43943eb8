"""The links in every page's foot."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteLink(models.Model):
    """A link in the foot of every page: request form, escalations, knowledge articles, service description."""

    label = models.CharField(max_length=80)
    url = models.CharField(
        _("address"),
        max_length=500,
        validators=[RegexValidator(r"^(https?://|/(?!/))", _("Begin with https://, http:// or a single /."))],
        help_text=_("A full address, or a path on this site."),
    )
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.label
