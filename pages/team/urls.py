from django.urls import path

from pages.team import (
    acts,
    alike,
    calendar,
    fairness,
    home,
    insights,
    receipts,
    releases,
    reviews,
    senders,
    stuck_email,
)

urlpatterns = [
    path("team/", home.team_home, name="team-home"),
    path("team/calendar/", calendar.team_calendar, name="team-calendar"),
    path("team/mail/", stuck_email.stuck_mail, name="stuck-mail"),
    path("team/referrals/<public_id:public_id>/runs/<int:run_id>/", receipts.receipt_page, name="receipt"),
    path("team/referrals/<public_id:public_id>/sender/", senders.decide_sender, name="decide-sender"),
    path("team/referrals/<public_id:public_id>/<slug:name>/", acts.team_act, name="team-act"),
    path("team/insights/", insights.insights_page, name="insights"),
    path("team/insights/email/", insights.insights_by_email, name="insights-by-email"),
    path("team/insights/<slug:key>/<int:place>/", insights.insight_rows, name="insight-rows"),
    path("team/fairness/", fairness.fairness_page, name="fairness"),
    path("team/reviews/", reviews.review_list, name="reviews"),
    path("team/reviews/<public_id:public_id>/", reviews.review_page, name="review"),
    path("team/reviews/<public_id:public_id>/alike/", alike.alike_page, name="reviews-alike"),
    path("team/reviews/<public_id:public_id>/undo/", reviews.review_undo, name="review-undo"),
    path("team/releases/", releases.release_list, name="releases"),
    path("team/releases/<int:pk>/", releases.release_page, name="release"),
]
