"""Django's admin, with a site of ours that has no door of its own."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "accounts.signing_in.front_door.OneDoorAdminSite"
