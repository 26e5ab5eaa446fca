"""What is held of who came to calls and what they asked: exported; at erasure seats go, and questions lose whose."""

from typing import Any

from masthead.membership import privacy as membership_first  # noqa: F401 (grants end before seats are given on)
from masthead.readers import privacy
from masthead.readers.models import Reader

from . import seats
from .models import Invitation, NoInvitations, Question, Seat, Vote


def export(reader: Reader) -> dict[str, Any]:
    """Seats, questions, votes and invitations."""
    return {
        "seats": [
            {
                "call": seat.call.title,
                "at": seat.call.starts_at.isoformat(),
                "state": seat.state,
                "asked": seat.asked_at.isoformat(),
                "came": seat.came_at and seat.came_at.isoformat(),
            }
            for seat in Seat.objects.filter(reader=reader).select_related("call")
        ],
        "questions": [
            {
                "call": question.call.title,
                "question": question.text,
                "name shown": question.name_shown,
                "state": question.state,
                "asked": question.asked_at.isoformat(),
            }
            for question in Question.objects.filter(reader=reader).select_related("call")
        ],
        "votes": [
            {"question": vote.question.text, "at": vote.at.isoformat()}
            for vote in Vote.objects.filter(reader=reader).select_related("question")
        ],
        "invited to": [
            {"call": invitation.call.title, "at": invitation.at.isoformat()}
            for invitation in Invitation.objects.filter(reader=reader).select_related("call")
        ],
        "wants no invitations since": [wish.since.isoformat() for wish in NoInvitations.objects.filter(reader=reader)],
    }


def erase(reader: Reader) -> None:
    """Seats are free again; questions stay without any name, since others voted for them; votes stay as numbers."""
    seats.leave_silently(reader)
    Question.objects.filter(reader=reader).update(reader=None, name_shown="", is_anonymous=True)
    Vote.objects.filter(reader=reader).delete()
    Invitation.objects.filter(reader=reader).delete()
    NoInvitations.objects.filter(reader=reader).delete()


privacy.register("calls", export=export, erase=erase)
