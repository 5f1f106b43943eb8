from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Register the tasks wherever the app is loaded, so that none is called by a name nobody knows."""
        from . import tasks  # noqa: F401
