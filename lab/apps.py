from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabConfig(AppConfig):
    name = "lab"
    verbose_name = _("Routing lab")

    def ready(self) -> None:
        from lab.models import LabPart
        from referrals.sweeping.due import DUE

        DUE["lab.run_parts"] = (LabPart.objects.due,)
