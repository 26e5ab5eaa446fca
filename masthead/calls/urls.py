"""Addresses of calls that are each reader's own: questions, votes, the way in, the recording."""

from django.urls import path

from . import asking, entering

urlpatterns = [
    path("<slug:slug>/questions/", asking.of_a_call, name="call-questions"),
    path("<slug:slug>/questions/<int:pk>/vote/", asking.vote, name="question-vote"),
    path("<slug:slug>/questions/<int:pk>/vote/back/", asking.take_back_vote, name="question-vote-back"),
    path("<slug:slug>/questions/<int:pk>/back/", asking.take_back, name="question-back"),
    path("<slug:slug>/join/", entering.join, name="call-join"),
]
