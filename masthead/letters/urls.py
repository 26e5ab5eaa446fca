"""Addresses of signing up, confirming, choosing and leaving, below /letters/."""

from django.urls import path

from masthead.letters.views import choosing, following, signing_up

urlpatterns = [
    path("sign-up/", signing_up.sign_up, name="letters-sign-up"),
    path("confirm/<str:token>/", signing_up.confirm, name="letters-confirm"),
    path("choose/<str:token>/", choosing.choose, name="letters-choose"),
    path("go/<str:key>/", following.go, name="letters-go"),
    path("unsubscribe/<str:token>/", choosing.unsubscribe, name="letters-unsubscribe"),
]
