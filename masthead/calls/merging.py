"""What becomes of seats and questions when two accounts become one: one person has one seat at a call."""

from masthead.readers import merging
from masthead.readers.models import Reader

from . import seats
from .models import Invitation, NoInvitations, Question, Seat, Vote


def says(gone: Reader, kept: Reader) -> list[str]:
    """Seats that come with it."""
    own = Seat.objects.filter(reader=kept).values("call")
    comes = Seat.objects.filter(reader=gone).exclude(call__in=own).count()
    asked = Question.objects.filter(reader=gone).count()
    says = [f"Seats at calls: {comes}."] if comes else []
    return [*says, f"Questions for calls: {asked}."] if asked else says


def move(gone: Reader, kept: Reader) -> None:
    """A seat at a call where the other has one too is given on to who waits."""
    Question.objects.filter(reader=gone).update(reader=kept)
    for model, field in ((Seat, "call"), (Vote, "question"), (Invitation, "call")):
        own = model._default_manager.filter(reader=kept).values_list(field, flat=True)
        model._default_manager.filter(reader=gone).exclude(**{f"{field}__in": list(own)}).update(reader=kept)
    Vote.objects.filter(reader=gone).delete()
    Invitation.objects.filter(reader=gone).delete()
    seats.leave_silently(gone)
    if NoInvitations.objects.filter(reader=gone).exists():
        wish = NoInvitations.objects.get(reader=gone)
        NoInvitations.objects.get_or_create(reader=kept, defaults={"since": wish.since})
        wish.delete()


merging.register("calls", says=says, move=move)
