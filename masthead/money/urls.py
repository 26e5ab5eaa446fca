"""The addresses of webhooks, included at /hooks/."""

from django.urls import path

from masthead.money import views

urlpatterns = [path("<slug:provider>/", views.hook, name="hook")]
