"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found
from django.views.i18n import set_language

from pages.site import dismiss, favicon, home, icons, security_txt

admin.site.site_header = admin.site.site_title = _("Referral triage administration")

handler403 = "pages.refused.refused"
handler500 = "pages.refused.failed"

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("undo/dismiss/", dismiss, name="dismiss"),
    path("icons/<slug:version>.svg", icons, name="icons"),
    path("language/", set_language, name="set_language"),
    path("", include("pages.urls")),
    path("", include("accounts.urls")),
    path("account/email/", page_not_found, {"exception": None}),  # addresses are the admins' to change
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
