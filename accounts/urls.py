from django.urls import path

from . import views
from .signing_in.views import end_sessions, invitation_page

app_name = "accounts"

urlpatterns = [
    path("account/invitation/", invitation_page, name="accepted"),
    path("account/invitation/<slug:token>/", invitation_page, name="invitation"),
    path("account/sessions/", end_sessions, name="end-sessions"),
    path("account/session/", views.session, name="session"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/html/", views.mailbox_html, name="mailbox-html"),
]
