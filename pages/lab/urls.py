from django.urls import path, re_path

from pages.lab import runs

urlpatterns = [
    path("team/lab/", runs.lab_home, name="lab"),
    path("team/lab/new/", runs.lab_new, name="lab-new"),
    path("team/lab/<public_id:public_id>/", runs.lab_run, name="lab-run"),
    path("team/lab/<public_id:public_id>/cancel/", runs.lab_cancel, name="lab-cancel"),
    path("team/lab/<public_id:public_id>/again/", runs.lab_again, name="lab-again"),
    re_path(
        r"^team/lab/(?P<public_id>[A-Z]{3}-[A-Z0-9]{4}-[A-Z0-9]{4})/(?P<name>figures|weeks)\.csv$",
        runs.lab_file,
        name="lab-file",
    ),
]
