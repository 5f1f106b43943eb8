from django.urls import path

from pages.notifications import absence, calendar, views

urlpatterns = [
    path("notices/calendar/", calendar.own_calendar, name="own-calendar"),
    path("calendar/<feed:pk>.ics", calendar.calendar_feed, name="calendar-feed"),
    path("notices/absence/", absence.own_absence, name="absence"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/new/", views.notice_count, name="notice-count"),
    path("notices/read/", views.notices_read, name="notices-read"),
    path("notices/settings/", views.notice_settings, name="notice-settings"),
    path("notices/name/", views.own_name, name="own-name"),
]
