"""The vocabulary of the workflow."""

from django.db.models import TextChoices


class State(TextChoices):
    SUBMITTED = "submitted", "Submitted"
    SCREENING = "screening", "Screening"
    AWAITING_CUSTOMER = "awaiting_customer", "Waiting for the customer"
    AWAITING_PARTNER = "awaiting_partner", "Waiting for a partner"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DELIVERING = "delivering", "Delivering the Benefit"
    FEE_BASED = "fee_based", "Fee-based work"
    IN_REVIEW = "in_review", "In review"
    ON_HOLD = "on_hold", "On hold"
    WITH_FTC = "with_ftc", "With the FastTrack Center"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = tuple(state for state in State if state not in (State.CLOSED, State.CANCELLED))
HELD_STATES = (State.OFFERED, State.ACCEPTED, State.DELIVERING, State.FEE_BASED)


class OfferState(TextChoices):
    PENDING = "pending", "Needs an answer"
    RELEASE_REQUESTED = "release_requested", "Release requested"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"
    COMPLETED = "completed", "Completed"


LIVE_OFFER_STATES = (OfferState.PENDING, OfferState.RELEASE_REQUESTED, OfferState.ACCEPTED)


class Actor(TextChoices):
    SYSTEM = "system", "System"
    PARTNER = "partner", "Partner"
    TEAM = "team", "Referral processing team"
    REQUESTER = "requester", "Requester"
    FTC = "ftc", "FastTrack Center"


class NextAct(TextChoices):
    """The one thing that has to happen next with an open referral."""

    SCREEN = "screen", "Screen the request"
    ANSWER_QUESTIONS = "answer_questions", "Answer the questions"
    ROUTE = "route", "Choose a partner"
    ANSWER_OFFER = "answer_offer", "Answer the offer"
    DECIDE_RELEASE = "decide_release", "Decide the release request"
    DETERMINE = "determine", "Complete the due diligence"
    REPORT_PROGRESS = "report_progress", "Report progress"
    REVIEW = "review", "Review"
    WAKE = "wake", "Take up again"
    FOLLOW_FTC = "follow_ftc", "Follow up with the FastTrack Center"
    ANSWER_PARTNER = "answer_partner", "Answer the partner"


class Source(TextChoices):
    RFA = "rfa", "Request form"
    TEAM = "team", "Entered by the team"
    IMPORT = "import", "Imported list"
    API = "api", "API"
    SPLIT = "split", "Split from another referral"


class WantedFrom(TextChoices):
    NOW = "now", "As soon as possible"
    MONTH = "month", "Within a month"
    QUARTER = "quarter", "Within three months"
    LATER = "later", "Later"


class RequesterKind(TextChoices):
    CUSTOMER = "customer", "The customer"
    FIELD = "field", "Microsoft field"


class CloseOutcome(TextChoices):
    DELIVERED = "delivered", "Benefit delivered"
    FEE_WORK_AGREED = "fee_work_agreed", "Fee-based work agreed"
    NO_FEE_WORK = "no_fee_work", "No fee-based work wanted"
    FTC_DELIVERED = "ftc_delivered", "Delivered by the FastTrack Center"
    DUPLICATE = "duplicate", "Duplicate"
    UNREACHABLE = "unreachable", "Customer unreachable"
    OTHER = "other", "Other"


class DeclineAct(TextChoices):
    """What a decline reason causes."""

    ROUTE_ON = "route_on", "Goes to the next partner at once"
    REVIEW_FIRST = "review_first", "The team looks at it first"
    RETRY_LATER = "retry_later", "Comes back to you later"


class DeclineEffect(TextChoices):
    """What a decline reason asks for besides, and does with it."""

    NONE = "", "Nothing besides"
    AVAILABILITY = "availability", "Asks until when the availability is lower"
    PROFILE = "profile", "Proposes a correction of the profile to the admins"
    DUPLICATE = "duplicate", "Links the referral that it is a duplicate of"


class Channel(TextChoices):
    """How a partner tried to reach the customer."""

    PHONE = "phone", "Phone"
    MAIL = "mail", "E-mail"
    MEETING = "meeting", "Meeting invitation"
    OTHER = "other", "Another way"


class ReviewState(TextChoices):
    OPEN = "open", "To review"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    TAKEN_BACK = "taken_back", "Taken back by the partner"


class ReleaseState(TextChoices):
    OPEN = "open", "To decide"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn with the offer"


class EventKind(TextChoices):
    SUBMITTED = "submitted", "Request received"
    MOVED = "moved", "State changed"
    DETERMINED = "determined", "Determination recorded"
    RETYPED = "retyped", "Type changed"
    OFFERED = "offered", "Offered"
    OFFER_OPENED = "offer_opened", "Offer opened"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Offer expired"
    WITHDRAWN = "withdrawn", "Offer withdrawn"
    COMPLETED = "completed", "Offer completed"
    RELEASE_REQUESTED = "release_requested", "Release requested"
    RELEASE_DECIDED = "release_decided", "Release decided"
    AVAILABILITY = "availability", "Availability corrected"
    FACTS_RECORDED = "facts_recorded", "Facts recorded"
    CONTACTS_SHOWN = "contacts_shown", "Contact data shown"
    NOTE = "note", "Note"
    REVIEWED = "reviewed", "Decline reviewed"
    ASKED = "asked", "Customer asked"
    ANSWERED = "answered", "Customer answered"
    FACTS_PROPOSED = "facts_proposed", "Customer answered questions"
    SPLIT = "split", "Split"
    REQUEST_CHANGED = "request_changed", "Request completed"
    COVER_SET = "cover_set", "Workloads to cover set"
    TROUBLE = "trouble", "Could not be done automatically"
    UNDONE = "undone", "Taken back"
    REMINDED = "reminded", "Reminder sent"
    ESCALATED = "escalated", "Overdue: escalated"
    CONTACT_TRIED = "contact_tried", "Contact tried"
    TRIED_AGAIN = "tried_again", "Tried again: a partner may be free"
    HEALED = "healed", "Put right by the reconciler"
    CORRECTION = "correction", "Profile correction proposed"
    LINKED = "linked", "Linked as a duplicate"
    COLLEAGUE = "colleague", "Given to a colleague"
    TAGGED = "tagged", "Tags changed"
    ASKED_TEAM = "asked_team", "The team was asked"
    COACHED = "coached", "A word from the team"
