"""What is wrong with a form, as its summary lists it."""

from collections.abc import Iterator
from typing import Any

from django import forms, template

register = template.Library()


@register.filter
def problems(form: forms.Form) -> Iterator[tuple[str, Any, str]]:
    """Of each error of a field: where it leads, the field's label, and its words.

    An error that a field words itself names what to enter, and needs no label.
    """
    for field in form:
        own = field.field.error_messages.get("required")
        is_own = own and str(own) != str(forms.Field.default_error_messages["required"])
        for error in field.errors:
            label = "" if is_own and str(error) == str(own) else field.label
            yield field.id_for_label or field.auto_id, label, str(error)
