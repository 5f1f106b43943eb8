from django.urls import path

from pages.lists import bulk, exports, finding, in_place, lists, peeking, saved_views, watching

urlpatterns = [
    path("find/", finding.find, name="find"),
    path("queue/", lists.queue, name="queue"),
    path("queue/bulk/", bulk.queue_bulk, name="queue-bulk"),
    path("queue/<public_id:public_id>/", peeking.peek_offer, name="peek-offer"),
    path("offers/<public_id:public_id>/assignee/", in_place.offer_assignee, name="offer-assignee"),
    path("offers/<public_id:public_id>/own-tags/", in_place.offer_own_tags, name="offer-own-tags"),
    path("views/<slug:list_name>/", saved_views.saved_views, name="views"),
    path("watch/<public_id:public_id>/", watching.watch, name="watch"),
    path("watch/<slug:list_name>/", watching.watch_list, name="watch-list"),
    path("exports/<slug:list_name>/new/", exports.new_export, name="export-new"),
    path("exports/<export:pk>/", exports.export_page, name="export"),
    path("exports/<export:pk>/file/", exports.export_file, name="export-file"),
    path("team/referrals/", lists.team_list, name="team-list"),
    path("team/referrals/<public_id:public_id>/peek/", peeking.peek_referral, name="peek-referral"),
    path("team/referrals/bulk/", bulk.team_bulk, name="team-bulk"),
]
