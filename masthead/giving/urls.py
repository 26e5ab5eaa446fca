"""Addresses of giving and of the giver's own controls."""

from django.urls import path

from . import views

urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/thanks/<str:reference>/", views.thanks, name="thanks"),
    path("support/thanks/<str:reference>/email/", views.correct_address, name="thanks-email"),
    path("account/receipts/<str:reference>/", views.receipt, name="receipt"),
    path("account/receipts/<str:reference>/<int:year>-<int:number>.pdf", views.receipt_pdf, name="receipt-pdf"),
    path("account/years/<int:year>/", views.receipts_of_year, name="receipts-of-year"),
    path("account/years/<int:year>.pdf", views.year_pdf, name="year-pdf"),
    path("account/pledges/<str:reference>/amount/", views.change, name="pledge-change"),
    path("account/pledges/<str:reference>/pause/", views.pause, name="pledge-pause"),
    path("account/pledges/<str:reference>/resume/", views.resume, name="pledge-resume"),
    path("account/pledges/<str:reference>/means/", views.means_of, name="pledge-means"),
    path("account/means/<str:reference>/", views.means_given, name="means-given"),
    path("account/pledges/<str:reference>/end/", views.end, name="pledge-end"),
]
