"""What the rules forbid, worded for people."""

from masthead.core.refusals import Refusal


class NotFromHere(Refusal):
    """The table of moves has no such move."""

    for_people_text = "That cannot be done while this support is: %(now)s. Nothing has been changed."


class PauseTooLong(Refusal):
    """Beyond LONGEST_PAUSE."""

    for_people_text = (
        "A pause can last until %(latest)s at most. Choose an earlier day, or end your support and come back "
        "whenever you like. Nothing has been changed."
    )


class PauseTooShort(Refusal):
    """Nothing would be collected before that day anyway."""

    for_people_text = "Nothing is collected before %(next)s anyway. Choose a later day. Nothing has been changed."


class AmountOutside(Refusal):
    """Below the least or above the most that the newsroom takes."""

    for_people_text = "Choose an amount between %(least)s and %(most)s. Nothing has been changed."


class OtherCurrency(Refusal):
    """Not the currency in which the newsroom takes money, or not the pledge's own."""

    for_people_text = "This support is given in %(currency)s. Nothing has been changed."


class AlreadyConfirmed(Refusal):
    """The address of a pledge or gift can be corrected until it is confirmed."""

    for_people_text = (
        "This address is confirmed already. To use another one, change it on your account. Nothing has been changed."
    )


class DayTooSoon(Refusal):
    """Sooner than the giver can be told of it in time."""

    for_people_text = "Choose %(soonest)s or a later day: it is told before, in time. Nothing has been changed."


class DayTooLate(Refusal):
    """Beyond what a day may be moved by, or not within the grace."""

    for_people_text = (
        "Choose %(latest)s or an earlier day: further off is a pause, or a longer grace. Nothing has been changed."
    )


class GraceNotLonger(Refusal):
    """It lasts as long already."""

    for_people_text = "The grace lasts until %(now)s already. Choose a later day. Nothing has been changed."


class GraceTooLong(Refusal):
    """Beyond LONGEST_GRACE."""

    for_people_text = "A grace can last until %(latest)s at most. Choose an earlier day. Nothing has been changed."
