from django.urls import path

from pages.escalations import views

urlpatterns = [
    path("escalations/", views.escalation_list, name="escalations"),
    path("escalations/new/", views.new_escalation, name="escalation-new"),
    path("offers/<public_id:public_id>/routing/", views.report_routing, name="report-routing"),
    path("escalations/<public_id:public_id>/", views.escalation_page, name="escalation"),
]
