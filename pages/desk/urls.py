from django.urls import path

from pages.desk import evidence, facts, inquiries, offer, record, referral, what_if, workloads

urlpatterns = [
    path("offers/<public_id:public_id>/", offer.offer_page, name="offer"),
    path("offers/<public_id:public_id>/opened/", offer.offer_opened, name="offer-opened"),
    path("facts/<public_id:public_id>/statuses/", facts.record_statuses, name="record-statuses"),
    path("facts/<public_id:public_id>/statuses/<fact:saved>/undo/", facts.undo_statuses, name="undo-statuses"),
    path("facts/<public_id:public_id>/plans/", facts.record_plans, name="record-plans"),
    path("facts/<public_id:public_id>/ask/", inquiries.ask, name="ask"),
    path("facts/<public_id:public_id>/answers/<inquiry:pk>/", inquiries.settle, name="settle-inquiry"),
    path("facts/<public_id:public_id>/export/", evidence.record_export, name="record-export"),
    path("facts/<public_id:public_id>/export/<token:token>/", evidence.evidence_page, name="evidence"),
    path("facts/<public_id:public_id>/areas/<slug:code>/", workloads.workload_area, name="workload-area"),
    path("facts/<public_id:public_id>/workloads/<slug:code>/", workloads.workload_detail, name="workload-detail"),
    path("facts/<public_id:public_id>/workloads/<slug:code>/report/", workloads.report_catalogue_error, name="report"),
    path("facts/<public_id:public_id>/suggestions/", workloads.suggestions, name="suggestions"),
    path("facts/<public_id:public_id>/what-if/", what_if.what_if, name="what-if"),
    path("facts/<public_id:public_id>/again/", workloads.determine_again, name="determine-again"),
    path(
        "facts/<public_id:public_id>/determinations/<public_id:determination>/",
        workloads.determination_record,
        name="determination",
    ),
    path("facts/<public_id:public_id>/record.pdf", record.referral_record, name="record"),
    path("team/referrals/<public_id:public_id>/", referral.team_referral, name="team-referral"),
]
