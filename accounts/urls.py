from django.urls import path

from . import views

app_name = "accounts"

urlpatterns = [
    path("account/session/", views.session, name="session"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/html/", views.mailbox_html, name="mailbox-html"),
]
