from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.signing_in.factors import seal_open_secrets

        post_migrate.connect(seal_open_secrets, sender=apps.get_app_config("mfa"))
