from django.urls import path

from pages.foreseeing import views

urlpatterns = [
    path("team/who-would-get/", views.who_would_get, name="who-would-get"),
    path("partners/<public_id:public_id>/would-we-get/", views.would_we_get, name="would-we-get"),
]
