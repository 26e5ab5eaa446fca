"""Addresses of calls that are each reader's own: questions, votes, the way in, the recording."""

from django.urls import path

from . import asking, entering, watching

urlpatterns = [
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
