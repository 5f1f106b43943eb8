from django.urls import path

from pages.history import customer

urlpatterns = [path("customers/<public_id:public_id>/", customer.customer_page, name="customer")]
