"""Addresses of signing up, confirming, choosing and leaving, below /letters/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
