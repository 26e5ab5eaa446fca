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


class TooLittleNow(Refusal):
    """Below the least that is taken under an attack."""

    for_people_text = (
        "Somebody is trying out stolen cards here, so for the moment we take %(least)s at least. Choose a larger "
        "amount, or come back in an hour or two. Nothing has been changed."
    )


class OtherCurrency(Refusal):
    """Not the currency in which the newsroom takes money, or not the pledge's own."""

    for_people_text = "This support is given in %(currency)s. Nothing has been changed."


class AlreadyConfirmed(Refusal):
    """The address of a pledge or gift can be corrected until it is confirmed."""

    for_people_text = (
        "This address is confirmed already. To use another one, change it on your account. Nothing has been changed."
    )


class NoSuchDay(Refusal):
    """A day of the month is from 1 to 31."""

    for_people_text = "Choose a day of the month from 1 to 31. Nothing has been changed."


class ChangedSince(Refusal):
    """The page from which it was asked was made before something else changed."""

    for_people_text = (
        "Something about this support has changed since this page was opened, in another window or because it was "
        "collected. Below is how it stands now. Nothing has been changed: choose once more, please."
    )


class NothingToGiveBack(Refusal):
    """No payment of it pays for a day to come."""

    for_people_text = (
        "Nothing that is paid for is left, so there is nothing to give back. You can end your support all the same. "
        "Nothing has been changed."
    )


class NothingNew(Refusal):
    """What was chosen is as it is already."""

    for_people_text = "That is as it is already. Choose something else, or leave it as it is. Nothing has been changed."


class NoPresents(Refusal):
    """No level of membership is offered in this currency, or not for so many months."""

    for_people_text = "Choose one of the lengths offered. Nothing has been taken."


class NotADayToDeliver(Refusal):
    """In the past, or too far ahead."""

    for_people_text = "Choose a day from today until %(latest)s. Nothing has been taken."


class NoSuchLink(Refusal):
    """No present has this link, or not any more."""

    for_people_text = "This link opens no present. Perhaps a part of it is missing, or a newer one was sent to you."


class PresentClaimed(Refusal):
    """Somebody has it already."""

    for_people_text = "This present has been claimed already. Nothing has been changed."


class PresentTakenBack(Refusal):
    """It was given back, or not paid for."""

    for_people_text = "This present was taken back by who gave it. Nothing has been changed."


class PresentOver(Refusal):
    """Nobody claimed it in time."""

    for_people_text = "This present could be claimed for a year, and that time is over. Nothing has been changed."


class PresentNotYours(Refusal):
    """It is not paid for yet."""

    for_people_text = "This present has not been paid for yet. Nothing has been changed."


class TooLateToRefund(Refusal):
    """More than 14 days after it was paid."""

    for_people_text = "A present can be given back for 14 days, and that time is over. Nothing has been changed."


class TooLittleForMonths(Refusal):
    """What was given does not reach the lowest level for so long."""

    for_people_text = (
        "A membership for %(length)s costs %(least)s at least. Choose fewer months. Nothing has been entered."
    )


class NeedsAddress(Refusal):
    """A membership is somebody's."""

    for_people_text = "A membership needs the e-mail address of whom it is for. Nothing has been entered."


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
