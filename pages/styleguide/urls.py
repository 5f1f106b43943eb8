from django.urls import path

from pages.styleguide import views

urlpatterns = [
    path("styleguide/", views.styleguide, name="styleguide"),
]
