from django.urls import path

from pages.lists import bulk, exports, finding, lists, saved_views, watching

urlpatterns = [
    path("find/", finding.find, name="find"),
    path("queue/", lists.queue, name="queue"),
    path("queue/bulk/", bulk.queue_bulk, name="queue-bulk"),
    path("views/<slug:list_name>/", saved_views.saved_views, name="views"),
    path("watch/<public_id:public_id>/", watching.watch, name="watch"),
    path("watch/<slug:list_name>/", watching.watch_list, name="watch-list"),
    path("exports/<slug:list_name>/new/", exports.new_export, name="export-new"),
    path("exports/<export:pk>/", exports.export_page, name="export"),
    path("exports/<export:pk>/file/", exports.export_file, name="export-file"),
    path("team/referrals/", lists.team_list, name="team-list"),
    path("team/referrals/bulk/", bulk.team_bulk, name="team-bulk"),
]
