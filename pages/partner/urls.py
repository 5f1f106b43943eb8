from django.urls import path

from pages.partner import acts, colleagues, confirming, declining, home, note_templates, profile, reaching

urlpatterns = [
    path("home/", home.partner_home, name="partner-home"),
    path("offers/<public_id:public_id>/accept/", acts.offer_accept, name="offer-accept"),
    path("offers/<public_id:public_id>/decline/", declining.offer_decline, name="offer-decline"),
    path("offers/<public_id:public_id>/decline/draft/", declining.decline_draft, name="decline-draft"),
    path("offers/<public_id:public_id>/undo/", acts.offer_undo, name="offer-undo"),
    path("offers/<public_id:public_id>/together/", colleagues.offer_together, name="offer-together"),
    path("offers/<public_id:public_id>/colleague/", colleagues.offer_colleague, name="offer-colleague"),
    path("offers/<public_id:public_id>/tags/", colleagues.offer_tags, name="offer-tags"),
    path("offers/<public_id:public_id>/colleagues/", colleagues.offer_colleague_note, name="offer-colleague-note"),
    path("offers/<public_id:public_id>/attempts/", reaching.offer_attempt, name="offer-attempt"),
    path("offers/<public_id:public_id>/contacts/", acts.offer_contacts, name="offer-contacts"),
    path("offers/<public_id:public_id>/deliver/", acts.offer_deliver, name="offer-deliver"),
    path("offers/<public_id:public_id>/fee-based/", acts.offer_fee_based, name="offer-fee-based"),
    path("offers/<public_id:public_id>/look/", acts.offer_look, name="offer-look"),
    path("offers/<public_id:public_id>/close/", acts.offer_close, name="offer-close"),
    path("offers/<public_id:public_id>/note/", acts.offer_note, name="offer-note"),
    path("partners/<public_id:public_id>/", profile.profile_page, name="profile"),
    path("partners/<public_id:public_id>/notes/", note_templates.note_templates, name="note-templates"),
    path("confirm/<token:token>/", confirming.confirm_page, name="confirm"),
    path("partners/<public_id:public_id>/lapse/", acts.lapse_answer, name="lapse-answer"),
]
