from django.urls import path

from .views import declining, facts, partner, public, reviews, team, team_acts

app_name = "referrals"

urlpatterns = [
    # the public
    path("request/", public.rfa_form, name="rfa"),
    path("request/sent/", public.rfa_sent, name="rfa-sent"),
    path("request/confirm/<str:token>/", public.rfa_confirm, name="rfa-confirm"),
    path("status/<str:token>/", public.status_page, name="status"),
    path("status/<str:token>/answer/", public.status_answer, name="status-answer"),
    path("status/<str:token>/cancel/", public.status_cancel, name="status-cancel"),
    # partners
    path("queue/", partner.queue, name="queue"),
    path("offers/<str:public_id>/", partner.offer_page, name="offer"),
    path("offers/<str:public_id>/opened/", partner.offer_opened, name="offer-opened"),
    path("offers/<str:public_id>/accept/", partner.offer_accept, name="offer-accept"),
    path("offers/<str:public_id>/decline/", declining.offer_decline, name="offer-decline"),
    path("offers/<str:public_id>/contacts/", partner.offer_contacts, name="offer-contacts"),
    path("offers/<str:public_id>/deliver/", partner.offer_deliver, name="offer-deliver"),
    path("offers/<str:public_id>/fee-based/", partner.offer_fee_based, name="offer-fee-based"),
    path("offers/<str:public_id>/close/", partner.offer_close, name="offer-close"),
    path("offers/<str:public_id>/note/", partner.offer_note, name="offer-note"),
    path("partners/<str:public_id>/lapse/", partner.lapse_answer, name="lapse-answer"),
    # facts, for partners and the team
    path("facts/<str:public_id>/statuses/", facts.record_statuses, name="record-statuses"),
    path("facts/<str:public_id>/export/", facts.record_export, name="record-export"),
    path("facts/<str:public_id>/plans/", facts.record_plans, name="record-plans"),
    # the referral processing team
    path("team/", team.team_home, name="team-home"),
    path("team/referrals/", team.team_list, name="team-list"),
    path("team/request/", team.team_request, name="team-request"),
    path("team/referrals/<str:public_id>/", team.team_referral, name="team-referral"),
    path("team/referrals/<str:public_id>/runs/<int:run_id>/", team.receipt_page, name="receipt"),
    path("team/referrals/<str:public_id>/<slug:name>/", team_acts.team_act, name="team-act"),
    path("team/reviews/", reviews.review_list, name="reviews"),
    path("team/reviews/<str:public_id>/", reviews.review_page, name="review"),
    path("team/releases/", reviews.release_list, name="releases"),
    path("team/releases/<int:pk>/", reviews.release_page, name="release"),
]
