"""SKUs of a plan, pasted as a list: a SKU id and a part number a line, in either order."""

import re
import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits.models import Plan, PlanSku

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PART_NUMBER = re.compile(r"[\w.+-]{2,120}")
MOST_PASTED = 200


class PlanForm(forms.ModelForm):
    pasted_skus = forms.CharField(
        label=_("Paste SKUs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=_("One per line: part number and SKU ID. SKUs that the plan already has are skipped."),
    )

    class Meta:
        model = Plan
        exclude: ClassVar[list[str]] = []

    def clean_pasted_skus(self) -> list[tuple[str, uuid.UUID | None]]:
        """Part number and id of each line, the same once."""
        lines = [line for line in self.cleaned_data["pasted_skus"].splitlines() if line.strip()]
        if len(lines) > MOST_PASTED:
            raise ValidationError(gettext("Paste up to %(number)d SKUs at a time.") % {"number": MOST_PASTED})
        return list(dict.fromkeys(_read_line(line, number) for number, line in enumerate(lines, 1)))

    def add_pasted(self) -> None:
        """Add what the plan does not have yet, once the plan itself is saved."""
        plan: Any = self.instance
        known = set(plan.skus.values_list("sku_id", flat=True))
        named = set(plan.skus.filter(sku_id=None).values_list("part_number", flat=True))
        for part_number, sku_id in self.cleaned_data.get("pasted_skus", ()):
            if sku_id not in known if sku_id else part_number not in named:
                PlanSku.objects.create(plan=plan, part_number=part_number, sku_id=sku_id)
                known.add(sku_id)
                named.add(part_number)


def _read_line(line: str, number: int) -> tuple[str, uuid.UUID | None]:
    found = GUID.search(line)
    rest = GUID.sub(" ", line, count=1).replace(",", " ").replace(";", " ").split()
    if len(rest) != 1 or not PART_NUMBER.fullmatch(rest[0]):
        said = gettext("Line %(number)d: enter one part number, such as SPE_E3, and its SKU ID.")
        raise ValidationError(said % {"number": number})
    return rest[0], uuid.UUID(found.group()) if found else None
