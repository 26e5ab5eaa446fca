"""What the rules of sign-in and privacy forbid, worded for people."""

from masthead.core.refusals import Refusal


class NotSignedIn(Refusal):
    """A code or link that opens nothing."""


class NothingAsked(NotSignedIn):
    for_people_text = "No code was asked for in this browser, or it was used already. Type your address for a new one."


class WrongCode(NotSignedIn):
    for_people_text = "This is not the code of the newest message. Tries left: %(left)s."


class UsedUp(NotSignedIn):
    for_people_text = "Five wrong tries: this code is used up. Ask for a new one."


class NewerSent(NotSignedIn):
    for_people_text = "A newer message has gone out. Its code works; this one doesn’t any more."


class CodeTooOld(NotSignedIn):
    for_people_text = "This code is older than ten minutes. We’ve sent a new one to the same address."


class WrongTooOften(NotSignedIn):
    for_people_text = (
        "Too many wrong codes were typed for this address today. Use the link in the message: it works as before."
    )


class CodesOff(NotSignedIn):
    for_people_text = (
        "Codes are off for the moment, because somebody is trying many of them. Please use the link in the message."
    )


class LinkOver(NotSignedIn):
    for_people_text = "This link has been used, is too old, or a newer one was sent. Ask for a new one."


class NotProved(Refusal):
    """A second factor that proves nothing."""


class WrongFactor(NotProved):
    for_people_text = "That is not the code. Look at the app again: a code works once, and for half a minute."


class WrongPasskey(NotProved):
    for_people_text = "That passkey was not taken. Try it again, or use a code."


class WrongPassword(NotProved):
    for_people_text = "That is not your password. Nothing has been changed."


class NotTheAppsCode(Refusal):
    for_people_text = (
        "That is not what the app shows. Nothing has been set up: read the code below again, then type the newest one."
    )


class NewPasskeyRefused(Refusal):
    for_people_text = "The browser’s answer could not be checked. Nothing has been set up: please try once more."


class LastFactor(Refusal):
    for_people_text = (
        "Your roles need a second factor, and this is the only one. Set up another first. Nothing has been changed."
    )


class NotYourself(Refusal):
    for_people_text = "Ask another administrator to do this for you. Nothing has been changed."


class LastAdministrator(Refusal):
    for_people_text = "Nobody else is an administrator. Make somebody else one first. Nothing has been changed."
