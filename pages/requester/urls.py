from django.urls import path

from pages.requester import senders, status

urlpatterns = [
    path("request/yours/", senders.own_requests, name="own-requests"),
    path("request/yours/<str:signed>/", senders.own_requests_list, name="own-requests-list"),
    path("request/sender/decided/", senders.sender_decided, name="sender-decided"),
    path("request/sender/<token:token>/", senders.sender_page, name="sender"),
    path("status/<token:token>/", status.status_page, name="status"),
    path("status/<token:token>/answer/", status.status_answer, name="status-answer"),
    path("status/<token:token>/questions/", status.status_inquiry, name="status-inquiry"),
    path("status/<token:token>/ask/", status.status_escalate, name="status-escalate"),
    path("status/<token:token>/reach/", status.status_reach, name="status-reach"),
    path("status/<token:token>/no-paid-work/", status.status_no_paid_work, name="status-no-paid-work"),
    path("status/<token:token>/cancel/", status.status_cancel, name="status-cancel"),
]
