from django.urls import path

from . import views
from .signing_in.views import end_sessions, go_on, invitation_page, verify_elsewhere

app_name = "accounts"

urlpatterns = [
    path("account/invitation/", invitation_page, name="accepted"),
    path("account/invitation/<slug:token>/", invitation_page, name="invitation"),
    path("account/sessions/", end_sessions, name="end-sessions"),
    path("account/session/", views.session, name="session"),
    path("account/verify/", verify_elsewhere, name="verify-elsewhere"),
    path("account/verified/<slug:key>/", go_on, name="go-on"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/html/", views.mailbox_html, name="mailbox-html"),
]
