"""The product's addresses, but for a queue that tells how many offers wait with everybody: the control of the test."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as ours
from referrals.models import Offer


def leak(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Offers that wait: {Offer.objects.filter(state='pending').count()}")


urlpatterns = [path("queue/", leak, name="queue"), *ours]
