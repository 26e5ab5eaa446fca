"""Addresses of giving and of the giver's own controls."""

from django.urls import path

from . import present_views, views

urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/fee/", views.fee, name="support-fee"),
    path("support/thanks/<str:reference>/", views.thanks, name="thanks"),
    path("support/thanks/<str:reference>/email/", views.correct_address, name="thanks-email"),
    path("presents/", present_views.give, name="presents"),
    path("presents/thanks/<str:reference>/", present_views.thanks, name="present-thanks"),
    path("presents/yours/", present_views.yours, name="present-yours"),
    path("presents/open/<str:token>/", present_views.open_present, name="present"),
    path("account/name/", views.name_to_print, name="name-to-print"),
    path("account/presents/<str:reference>/", present_views.given, name="present-given"),
    path("account/presents/<str:reference>/send/", present_views.send_again, name="present-send"),
    path("account/presents/<str:reference>/link/", present_views.link, name="present-link"),
    path("account/presents/<str:reference>/give-back/", present_views.give_back, name="present-give-back"),
    path("account/receipts/<str:reference>/", views.receipt, name="receipt"),
    path("account/receipts/<str:reference>/<int:year>-<int:number>.pdf", views.receipt_pdf, name="receipt-pdf"),
    path("account/years/<int:year>/", views.receipts_of_year, name="receipts-of-year"),
    path("account/years/<int:year>.pdf", views.year_pdf, name="year-pdf"),
    path("account/pledges/<str:reference>/amount/", views.change, name="pledge-change"),
    path("account/pledges/<str:reference>/day/", views.move_date, name="pledge-day"),
    path("account/pledges/<str:reference>/pause/", views.pause, name="pledge-pause"),
    path("account/pledges/<str:reference>/resume/", views.resume, name="pledge-resume"),
    path("account/pledges/<str:reference>/means/", views.means_of, name="pledge-means"),
    path("account/means/<str:reference>/", views.means_given, name="means-given"),
    path("account/pledges/<str:reference>/end/", views.end, name="pledge-end"),
]
