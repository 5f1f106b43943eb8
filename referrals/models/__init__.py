"""The workflow: referrals, offers, routing runs, reviews, events and mail."""

from .acknowledgement import Acknowledgement
from .calendar_feed import CalendarFeed
from .colleague_note import ColleagueNote
from .contact import ContactAttempt
from .edition_check import CheckKind, CheckState, EditionCheck, EditionDifference
from .escalation import Escalation, EscalationMessage
from .event import Event
from .history_head import HistoryHead
from .inquiry import Inquiry
from .list_export import ListExport
from .note_template import NoteTemplate
from .notice import NoticeSettings
from .notification import Notification
from .offer import DeclineDraft, DeclineReason, Offer
from .pipeline import Canary
from .presence import Presence
from .referral import Referral
from .request_draft import RequestDraft
from .request_import import RequestImport
from .review import DeclineReview, ReleaseRequest
from .rfa import Rfa
from .routing import RoutingBatch, RoutingRun
from .saved_view import ListName, OpensFirst, SavedView
from .scheduled_report import ScheduledReport
from .site_link import SiteLink
from .strangers_act import StrangersAct, StrangersDeed

__all__ = [
    "Acknowledgement",
    "CalendarFeed",
    "Canary",
    "CheckKind",
    "CheckState",
    "ColleagueNote",
    "ContactAttempt",
    "DeclineDraft",
    "DeclineReason",
    "DeclineReview",
    "EditionCheck",
    "EditionDifference",
    "Escalation",
    "EscalationMessage",
    "Event",
    "HistoryHead",
    "Inquiry",
    "ListExport",
    "ListName",
    "NoteTemplate",
    "NoticeSettings",
    "Notification",
    "Offer",
    "OpensFirst",
    "Presence",
    "Referral",
    "ReleaseRequest",
    "RequestDraft",
    "RequestImport",
    "Rfa",
    "RoutingBatch",
    "RoutingRun",
    "SavedView",
    "ScheduledReport",
    "SiteLink",
    "StrangersAct",
    "StrangersDeed",
]
