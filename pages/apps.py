from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Every page of the site but sign-in and the admin; no tables, no rules."""

    name = "pages"

    def ready(self) -> None:
        """Register the task wherever the app is loaded, so that none is called by a name nobody knows."""
        from . import tasks  # noqa: F401
