from django.urls import path

from pages.intake import by_team, confirming, imports, one_page, start, stepwise

urlpatterns = [
    path("request/", start.rfa_start, name="rfa"),
    path("request/new/", stepwise.rfa_new, name="rfa-new"),
    path("request/one-page/", one_page.rfa_form, name="rfa-one-page"),
    path("request/sent/<uuid:form_key>/", confirming.rfa_sent, name="rfa-sent"),
    path("request/confirm/<token:token>/", confirming.rfa_confirm, name="rfa-confirm"),
    path("request/<token:token>/check/", stepwise.rfa_check, name="rfa-check"),
    path("request/<token:token>/saved/", stepwise.rfa_saved, name="rfa-saved"),
    path("request/<token:token>/mail/", stepwise.rfa_mail, name="rfa-mail"),
    path("request/<token:token>/<slug:slug>/", stepwise.rfa_step, name="rfa-step"),
    path("team/request/", by_team.team_request, name="team-request"),
    path("team/import/", imports.import_list, name="imports"),
    path("team/import/template.csv", imports.import_template, name="import-template"),
    path("team/import/<int:pk>/", imports.import_page, name="import"),
    path("team/import/<int:pk>/errors.csv", imports.import_errors, name="import-errors"),
]
