"""The vocabulary of the workflow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    SCREENING = "screening", _("Screening")
    AWAITING_CUSTOMER = "awaiting_customer", _("Awaiting customer")
    AWAITING_PARTNER = "awaiting_partner", _("Awaiting partner")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DELIVERING = "delivering", _("Delivering the Benefit")
    FEE_BASED = "fee_based", _("Fee-based work")
    IN_REVIEW = "in_review", _("In review")
    ON_HOLD = "on_hold", _("On hold")
    WITH_FTC = "with_ftc", _("With the FastTrack Center")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Canceled")


OPEN_STATES = tuple(state for state in State if state not in (State.CLOSED, State.CANCELLED))
HELD_STATES = (State.OFFERED, State.ACCEPTED, State.DELIVERING, State.FEE_BASED)


class OfferState(TextChoices):
    PENDING = "pending", _("Awaiting response")
    RELEASE_REQUESTED = "release_requested", _("Release requested")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")


LIVE_OFFER_STATES = (OfferState.PENDING, OfferState.RELEASE_REQUESTED, OfferState.ACCEPTED)


class Actor(TextChoices):
    SYSTEM = "system", _("System")
    PARTNER = "partner", _("Partner")
    TEAM = "team", _("Referral processing team")
    REQUESTER = "requester", _("Requester")
    FTC = "ftc", _("FastTrack Center")


class Sender(TextChoices):
    """Who sent a request, as far as it may speak for the customer; empty for those from before it was asked."""

    TENANT = "tenant", _("From the customer’s own domain")
    CONFIRMED = "confirmed", _("Confirmed for this customer")
    TRUSTED = "trusted", _("Trusted sender")
    PARTNER = "partner", _("Partner’s own request")
    TEAM = "team", _("Entered by the team")
    UNCONFIRMED = "unconfirmed", _("Not confirmed")
    REFUSED = "refused", _("Refused")


class NextAct(TextChoices):
    """The one thing that has to happen next with an open referral."""

    CONFIRM_SENDER = "confirm_sender", _("Confirm or refuse sender")
    SCREEN = "screen", _("Screen request")
    ANSWER_QUESTIONS = "answer_questions", _("Answer questions")
    ROUTE = "route", _("Find a partner")
    ANSWER_OFFER = "answer_offer", _("Respond to offer")
    DECIDE_RELEASE = "decide_release", _("Decide release request")
    DETERMINE = "determine", _("Complete due diligence")
    REPORT_PROGRESS = "report_progress", _("Report progress")
    REVIEW = "review", _("Review")
    WAKE = "wake", _("Resume")
    FOLLOW_FTC = "follow_ftc", _("Follow up with the FastTrack Center")
    ANSWER_PARTNER = "answer_partner", _("Reply to partner")


REMINDED_ACTS = (NextAct.DETERMINE, NextAct.REPORT_PROGRESS)  # of partners, when they are overdue
ESCALATED_ACTS = (NextAct.CONFIRM_SENDER, NextAct.REVIEW, NextAct.DECIDE_RELEASE, NextAct.FOLLOW_FTC)  # of the team


class Source(TextChoices):
    RFA = "rfa", _("Request form")
    TEAM = "team", _("Entered by the team")
    IMPORT = "import", _("Imported list")
    API = "api", _("API")
    SPLIT = "split", _("Split from another referral")


class WantedFrom(TextChoices):
    NOW = "now", _("As soon as possible")
    MONTH = "month", _("Within a month")
    QUARTER = "quarter", _("Within three months")
    LATER = "later", _("Later")


class RequesterKind(TextChoices):
    CUSTOMER = "customer", _("The customer")
    FIELD = "field", _("Microsoft field, on behalf of the customer")


class CloseOutcome(TextChoices):
    DELIVERED = "delivered", _("Benefit delivered")
    FEE_WORK_AGREED = "fee_work_agreed", _("Fee-based work agreed")
    NO_FEE_WORK = "no_fee_work", _("No fee-based work wanted")
    FTC_DELIVERED = "ftc_delivered", _("Delivered by the FastTrack Center")
    DUPLICATE = "duplicate", _("Duplicate")
    UNREACHABLE = "unreachable", _("Customer unreachable")
    OTHER = "other", _("Other")


class DeclineAct(TextChoices):
    """What a decline reason causes."""

    ROUTE_ON = "route_on", _("Goes to the next partner immediately")
    REVIEW_FIRST = "review_first", _("The team reviews it first")
    RETRY_LATER = "retry_later", _("Offered to you again later")


class DeclineEffect(TextChoices):
    """What a decline reason asks for besides, and does with it."""

    NONE = "", _("Nothing else")
    AVAILABILITY = "availability", _("Asks when availability returns")
    PROFILE = "profile", _("Proposes a profile correction to the admins")
    DUPLICATE = "duplicate", _("Links the original referral")


class Channel(TextChoices):
    """How a partner tried to reach the customer."""

    PHONE = "phone", _("Phone")
    MAIL = "mail", _("Email")
    MEETING = "meeting", _("Meeting invitation")
    OTHER = "other", _("Other")


class ReviewState(TextChoices):
    OPEN = "open", _("To review")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    TAKEN_BACK = "taken_back", _("Undone by the partner")


class ReleaseState(TextChoices):
    OPEN = "open", _("To decide")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn with the offer")


class EventKind(TextChoices):
    SUBMITTED = "submitted", _("Request received")
    SENDER_CONFIRMED = "sender_confirmed", _("Sender confirmed")
    SENDER_REFUSED = "sender_refused", _("Sender refused")
    MOVED = "moved", _("Status changed")
    DETERMINED = "determined", _("Determination recorded")
    RETYPED = "retyped", _("Type changed")
    OFFERED = "offered", _("Offered")
    OFFER_OPENED = "offer_opened", _("Offer opened")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Offer expired")
    WITHDRAWN = "withdrawn", _("Offer withdrawn")
    COMPLETED = "completed", _("Offer completed")
    RELEASE_REQUESTED = "release_requested", _("Release requested")
    RELEASE_DECIDED = "release_decided", _("Release decided")
    AVAILABILITY = "availability", _("Availability corrected")
    FACTS_RECORDED = "facts_recorded", _("Facts recorded")
    FACTS_LOOKED_AT = "facts_looked_at", _("Changed facts reviewed")
    READ = "read", _("Read by a viewer")
    CONTACTS_SHOWN = "contacts_shown", _("Contact details viewed")
    NOTE = "note", _("Note")
    REVIEWED = "reviewed", _("Decline reviewed")
    ASKED = "asked", _("Customer asked")
    ANSWERED = "answered", _("Customer answered")
    FACTS_PROPOSED = "facts_proposed", _("Customer answered questions")
    SPLIT = "split", _("Split")
    REQUEST_CHANGED = "request_changed", _("Request completed")
    COVER_SET = "cover_set", _("Required workloads changed")
    TROUBLE = "trouble", _("Automatic step failed")
    UNDONE = "undone", _("Undone")
    REMINDED = "reminded", _("Reminder sent")
    ESCALATED = "escalated", _("Escalated as overdue")
    CONTACT_TRIED = "contact_tried", _("Contact attempted")
    TRIED_AGAIN = "tried_again", _("Retried: capacity may be free")
    HEALED = "healed", _("Fixed by reconcile")
    CORRECTION = "correction", _("Profile correction proposed")
    LINKED = "linked", _("Linked as a duplicate")
    COLLEAGUE = "colleague", _("Assigned")
    TAGGED = "tagged", _("Tags changed")
    ASKED_TEAM = "asked_team", _("Team contacted")
    COACHED = "coached", _("Message from the team")
