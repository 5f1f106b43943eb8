from django.urls import path

from . import views

app_name = "benefits"

urlpatterns = [
    path("service-description/", views.service_description, name="service-description"),
    path("service-description/plans/<slug:code>/", views.plan_page, name="plan"),
    path("service-description/workloads/<slug:code>/", views.workload_page, name="workload"),
]
