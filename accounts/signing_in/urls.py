"""Addresses of the sign-in with Microsoft: allauth takes them in, and asks for them by these names."""

from django.urls import path

from . import views

urlpatterns = [
    path("entra/<uuid:provider_id>/", views.begin, name="openid_connect_login"),
    path("entra/<uuid:provider_id>/callback/", views.come_back, name="openid_connect_callback"),
]
