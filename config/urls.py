"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found
from django.views.i18n import set_language

from accounts.signing_in.views import set_own_password
from pages.site import dismiss, favicon, home, icons, security_txt

admin.site.site_header = admin.site.site_title = _("Referral triage administration")

handler403 = "pages.refused.refused"
handler500 = "pages.refused.failed"

# Addresses are the admins' to change, and accounts elsewhere are linked by invitation.
CLOSED = (
    *("email", "3rdparty", "3rdparty/login/cancelled", "3rdparty/login/error", "3rdparty/signup"),
    *(f"social/{place}" for place in ("login/cancelled", "login/error", "signup", "connections")),
)

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("undo/dismiss/", dismiss, name="dismiss"),
    path("icons/<slug:version>.svg", icons, name="icons"),
    path("language/", set_language, name="set_language"),
    path("", include("pages.urls")),
    path("", include("accounts.urls")),
    *(path(f"account/{closed}/", page_not_found, {"exception": None}) for closed in CLOSED),
    path("account/password/set/", set_own_password, name="account_set_password"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
