from django.http import HttpResponse
from django.urls import path

app_name = "referrals"
h = lambda r, *a: HttpResponse("x")
urlpatterns: list = [
    path("offers/<str:p>/", h, name="offer"),
    path("status/<str:t>/", h, name="status"),
    path("c/<str:t>/", h, name="rfa-confirm"),
]
