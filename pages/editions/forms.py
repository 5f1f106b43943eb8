"""Forms of a draft's governance."""

from pages.fields import ReasonForm


class SignOffForm(ReasonForm):
    """Why an edition may decide golden scenarios otherwise."""
