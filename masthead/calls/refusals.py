"""What the rules of calls forbid, worded for people."""

from masthead.core.refusals import Refusal


class CallIsOff(Refusal):
    """It was cancelled, or has been held."""

    for_people_text = "This call is no longer planned. Nothing has been changed."


class CallIsOver(Refusal):
    """Its last minute has passed."""

    for_people_text = "This call is over. Nothing has been changed."


class NotForYou(Refusal):
    """No live grant on the day of the call."""

    for_people_text = (
        "Seats are for supporters, and your support does not reach to the day of this call. "
        "Begin it again and a seat is yours to ask for. Nothing has been changed."
    )


class StartsInThePast(Refusal):
    """A call is planned or moved to a moment that is over."""

    for_people_text = "Choose a moment from now on. Nothing has been changed."


class TooFewSeats(Refusal):
    """Fewer seats than are reserved."""

    for_people_text = "%(reserved)s seats are reserved already: choose that many or more. Nothing has been changed."


class ClashesWithItsSeries(Refusal):
    """Two calls of one series in one minute."""

    for_people_text = "This series has a call at that very moment. Choose another. Nothing has been changed."


class SeriesGoesOnAlready(Refusal):
    """One click starts one series, however often it is pressed."""

    for_people_text = "A series of calls goes on already: change that one, or end it first. Nothing has been changed."


class NoSuchInvitation(Refusal):
    """A link for declining invitations that belongs to none."""

    for_people_text = (
        "It belongs to no invitation of ours, or was cut off on its way. Open the link in a newer invitation. "
        "Nothing has been changed."
    )
