from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts.sealing import seal, unseal

from .views import (
    bulk,
    catalogue,
    colleagues,
    declining,
    diligence,
    escalations,
    evidence,
    exports,
    facts,
    fairness,
    imports,
    inquiries,
    insights,
    lists,
    morning,
    notices,
    partner,
    profile,
    public,
    reaching,
    receipts,
    record,
    requesting,
    reviews,
    saved_views,
    senders,
    styleguide,
    team,
    team_acts,
    watching,
    what_if,
)

app_name = "referrals"


class PublicId(StringConverter):
    """REF-7K3M-9QXA, and the like for offers and partners."""

    regex = "[A-Z]{3}-[A-Z0-9]{4}-[A-Z0-9]{4}"


class Token(StringConverter):
    """The unguessable part of a private link."""

    regex = "[0-9a-f]{48}"


class Sealed:
    """A row's number that only this installation can read; an address gives its kind with its name: ``export``."""

    regex = "[0-9a-f]{32}"
    kind = ""

    def to_python(self, value: str) -> int:
        number = unseal(self.kind, value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return seal(self.kind, value)


class SealedExport(Sealed):
    kind = "export"


class SealedInquiry(Sealed):
    kind = "inquiry"


register_converter(SealedExport, "export")
register_converter(SealedInquiry, "inquiry")
register_converter(PublicId, "public_id")
register_converter(Token, "token")

urlpatterns = [
    # the public
    path("request/", requesting.rfa_start, name="rfa"),
    path("request/one-page/", public.rfa_form, name="rfa-one-page"),
    path("request/sent/", public.rfa_sent, name="rfa-sent"),
    path("request/yours/", senders.own_requests, name="own-requests"),
    path("request/yours/<str:signed>/", senders.own_requests_list, name="own-requests-list"),
    path("request/sender/decided/", senders.sender_decided, name="sender-decided"),
    path("request/sender/<token:token>/", senders.sender_page, name="sender"),
    path("request/confirm/<token:token>/", public.rfa_confirm, name="rfa-confirm"),
    path("request/<token:token>/check/", requesting.rfa_check, name="rfa-check"),
    path("request/<token:token>/saved/", requesting.rfa_saved, name="rfa-saved"),
    path("request/<token:token>/mail/", requesting.rfa_mail, name="rfa-mail"),
    path("request/<token:token>/<slug:slug>/", requesting.rfa_step, name="rfa-step"),
    path("status/<token:token>/", public.status_page, name="status"),
    path("status/<token:token>/answer/", public.status_answer, name="status-answer"),
    path("status/<token:token>/questions/", inquiries.status_inquiry, name="status-inquiry"),
    path("status/<token:token>/ask/", public.status_escalate, name="status-escalate"),
    path("status/<token:token>/reach/", reaching.status_reach, name="status-reach"),
    path("status/<token:token>/cancel/", public.status_cancel, name="status-cancel"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    # partners
    path("home/", morning.partner_home, name="partner-home"),
    path("queue/", lists.queue, name="queue"),
    path("queue/bulk/", bulk.queue_bulk, name="queue-bulk"),
    path("offers/<public_id:public_id>/", partner.offer_page, name="offer"),
    path("offers/<public_id:public_id>/opened/", partner.offer_opened, name="offer-opened"),
    path("offers/<public_id:public_id>/accept/", partner.offer_accept, name="offer-accept"),
    path("offers/<public_id:public_id>/decline/", declining.offer_decline, name="offer-decline"),
    path("offers/<public_id:public_id>/decline/draft/", declining.decline_draft, name="decline-draft"),
    path("offers/<public_id:public_id>/undo/", partner.offer_undo, name="offer-undo"),
    path("offers/<public_id:public_id>/together/", colleagues.offer_together, name="offer-together"),
    path("offers/<public_id:public_id>/colleague/", colleagues.offer_colleague, name="offer-colleague"),
    path("offers/<public_id:public_id>/tags/", colleagues.offer_tags, name="offer-tags"),
    path("offers/<public_id:public_id>/colleagues/", colleagues.offer_colleague_note, name="offer-colleague-note"),
    path("offers/<public_id:public_id>/attempts/", reaching.offer_attempt, name="offer-attempt"),
    path("offers/<public_id:public_id>/contacts/", partner.offer_contacts, name="offer-contacts"),
    path("offers/<public_id:public_id>/deliver/", partner.offer_deliver, name="offer-deliver"),
    path("offers/<public_id:public_id>/fee-based/", partner.offer_fee_based, name="offer-fee-based"),
    path("offers/<public_id:public_id>/look/", partner.offer_look, name="offer-look"),
    path("offers/<public_id:public_id>/close/", partner.offer_close, name="offer-close"),
    path("offers/<public_id:public_id>/note/", partner.offer_note, name="offer-note"),
    path("partners/<public_id:public_id>/", profile.profile_page, name="profile"),
    path("confirm/<token:token>/", profile.confirm_page, name="confirm"),
    path("partners/<public_id:public_id>/lapse/", partner.lapse_answer, name="lapse-answer"),
    # what has happened
    path("notices/", notices.notice_list, name="notices"),
    path("notices/new/", notices.notice_count, name="notice-count"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("notices/settings/", notices.notice_settings, name="notice-settings"),
    path("notices/name/", notices.own_name, name="own-name"),
    # asking the team
    path("escalations/", escalations.escalation_list, name="escalations"),
    path("escalations/new/", escalations.new_escalation, name="escalation-new"),
    path("escalations/<public_id:public_id>/", escalations.escalation_page, name="escalation"),
    # lists under a name
    path("views/<slug:list_name>/", saved_views.saved_views, name="views"),
    path("watch/<public_id:public_id>/", watching.watch, name="watch"),
    path("watch/<slug:list_name>/", watching.watch_list, name="watch-list"),
    path("exports/<slug:list_name>/new/", exports.new_export, name="export-new"),
    path("exports/<export:pk>/", exports.export_page, name="export"),
    path("exports/<export:pk>/file/", exports.export_file, name="export-file"),
    # facts, for partners and the team
    path("facts/<public_id:public_id>/statuses/", facts.record_statuses, name="record-statuses"),
    path("facts/<public_id:public_id>/plans/", facts.record_plans, name="record-plans"),
    path("facts/<public_id:public_id>/ask/", inquiries.ask, name="ask"),
    path("facts/<public_id:public_id>/answers/<inquiry:pk>/", inquiries.settle, name="settle-inquiry"),
    path("facts/<public_id:public_id>/export/", evidence.record_export, name="record-export"),
    path("facts/<public_id:public_id>/export/<token:token>/", evidence.evidence_page, name="evidence"),
    path("facts/<public_id:public_id>/workloads/<slug:code>/", diligence.workload_detail, name="workload-detail"),
    path("facts/<public_id:public_id>/workloads/<slug:code>/report/", diligence.report_catalogue_error, name="report"),
    path("facts/<public_id:public_id>/suggestions/", diligence.suggestions, name="suggestions"),
    path("facts/<public_id:public_id>/what-if/", what_if.what_if, name="what-if"),
    path("facts/<public_id:public_id>/again/", diligence.determine_again, name="determine-again"),
    path(
        "facts/<public_id:public_id>/determinations/<public_id:determination>/",
        diligence.determination_record,
        name="determination",
    ),
    path("facts/<public_id:public_id>/record.pdf", record.referral_record, name="record"),
    # admins of the service description
    path("catalogue/<int:pk>/", catalogue.draft_page, name="draft"),
    path("catalogue/<int:pk>/preview/", catalogue.draft_preview, name="draft-preview"),
    path("catalogue/<int:pk>/progress/", catalogue.draft_progress, name="draft-progress"),
    path("catalogue/<int:pk>/preview.csv", catalogue.preview_csv, name="preview-csv"),
    path("catalogue/<int:pk>/sign-off/", catalogue.draft_sign_off, name="draft-sign-off"),
    path("catalogue/<int:pk>/publish/", catalogue.draft_publish, name="draft-publish"),
    # the referral processing team
    path("team/", team.team_home, name="team-home"),
    path("team/referrals/", lists.team_list, name="team-list"),
    path("team/referrals/bulk/", bulk.team_bulk, name="team-bulk"),
    path("team/mail/", team.stuck_mail, name="stuck-mail"),
    path("team/request/", team.team_request, name="team-request"),
    path("team/import/", imports.import_list, name="imports"),
    path("team/import/template.csv", imports.import_template, name="import-template"),
    path("team/import/<int:pk>/", imports.import_page, name="import"),
    path("team/import/<int:pk>/errors.csv", imports.import_errors, name="import-errors"),
    path("team/referrals/<public_id:public_id>/", team.team_referral, name="team-referral"),
    path("team/referrals/<public_id:public_id>/runs/<int:run_id>/", receipts.receipt_page, name="receipt"),
    path("team/referrals/<public_id:public_id>/sender/", senders.decide_sender, name="decide-sender"),
    path("team/referrals/<public_id:public_id>/<slug:name>/", team_acts.team_act, name="team-act"),
    path("team/insights/", insights.insights_page, name="insights"),
    path("team/fairness/", fairness.fairness_page, name="fairness"),
    path("team/reviews/", reviews.review_list, name="reviews"),
    path("team/reviews/<public_id:public_id>/", reviews.review_page, name="review"),
    path("team/releases/", reviews.release_list, name="releases"),
    path("team/releases/<int:pk>/", reviews.release_page, name="release"),
]
