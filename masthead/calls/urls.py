"""Addresses of calls that are each reader's own: the seat, questions, votes, the way in, the recording."""

from django.urls import path

from . import asking, declining, entering, views, watching

urlpatterns = [
    path("invitations/<str:key>/", declining.page, name="call-invitations"),
    path("<slug:slug>/", views.page, name="call"),
    path("<slug:slug>/seat/", views.reserve, name="call-reserve"),
    path("<slug:slug>/seat/back/", views.give_back, name="call-give-back"),
    path("<slug:slug>/call.ics", views.calendar, name="call-calendar"),
    path("<slug:slug>/questions/", asking.of_a_call, name="call-questions"),
    path("<slug:slug>/questions/<int:pk>/vote/", asking.vote, name="question-vote"),
    path("<slug:slug>/questions/<int:pk>/vote/back/", asking.take_back_vote, name="question-vote-back"),
    path("<slug:slug>/questions/<int:pk>/back/", asking.take_back, name="question-back"),
    path("<slug:slug>/join/", entering.join, name="call-join"),
    path("<slug:slug>/recording/", watching.page, name="call-recording"),
    path("<slug:slug>/recording/film/", watching.film, name="call-film"),
    path("<slug:slug>/recording/captions/", watching.captions, name="call-captions"),
    path("<slug:slug>/recording/chapters/", watching.chapters, name="call-chapters"),
]
