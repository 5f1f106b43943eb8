from django.urls import path

from pages.editions import beyond, comparing, drafts, matrix, products, reading

urlpatterns = [
    path("service-description/", reading.service_description, name="service-description"),
    path("service-description/plans/<slug:code>/", reading.plan_page, name="plan"),
    path("service-description/workloads/<slug:code>/", reading.workload_page, name="workload"),
    path("service-description/schema.json", comparing.schema, name="schema"),
    path("service-description/compare/", comparing.compare, name="compare"),
    path("service-description/old-facts/", comparing.old_facts, name="old-facts"),
    path("service-description/editions/<int:pk>.json", comparing.export, name="edition-file"),
    path("service-description/editions/<int:pk>/<slug:table>.csv", comparing.export_table, name="edition-table"),
    path("catalogue/<int:pk>/", drafts.draft_page, name="draft"),
    path("catalogue/seen/", beyond.beyond, name="beyond"),
    path("catalogue/products/", products.product_table, name="product-table"),
    path("catalogue/<int:pk>/matrix/", matrix.matrix, name="matrix"),
    path("catalogue/<int:pk>/matrix/<slug:plan>/<slug:workload>/", matrix.matrix_cell, name="matrix-cell"),
    path("catalogue/<int:pk>/products/", products.draft_products, name="draft-products"),
    path("catalogue/<int:pk>/products/decide/", products.draft_products_decide, name="draft-products-decide"),
    path("catalogue/<int:pk>/preview/", drafts.draft_preview, name="draft-preview"),
    path("catalogue/<int:pk>/progress/", drafts.draft_progress, name="draft-progress"),
    path("catalogue/<int:pk>/preview.csv", drafts.preview_csv, name="preview-csv"),
    path("catalogue/<int:pk>/sign-off/", drafts.draft_sign_off, name="draft-sign-off"),
    path("catalogue/<int:pk>/publish/", drafts.draft_publish, name="draft-publish"),
]
