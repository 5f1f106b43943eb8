from django.urls import path

from .views import governing, reading

app_name = "benefits"

urlpatterns = [
    path("service-description/", reading.service_description, name="service-description"),
    path("service-description/plans/<slug:code>/", reading.plan_page, name="plan"),
    path("service-description/workloads/<slug:code>/", reading.workload_page, name="workload"),
    path("service-description/schema.json", governing.schema, name="schema"),
    path("service-description/compare/", governing.compare, name="compare"),
    path("service-description/old-facts/", governing.old_facts, name="old-facts"),
    path("service-description/editions/<int:pk>.json", governing.export, name="export"),
    path("service-description/editions/<int:pk>/<slug:table>.csv", governing.export_table, name="export-table"),
]
