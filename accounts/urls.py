from django.urls import path

from . import views
from .signing_in.views import invitation_page

app_name = "accounts"

urlpatterns = [
    path("account/invitation/", invitation_page, name="accepted"),
    path("account/invitation/<slug:token>/", invitation_page, name="invitation"),
    path("account/session/", views.session, name="session"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/html/", views.mailbox_html, name="mailbox-html"),
]
