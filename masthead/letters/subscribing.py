"""The verbs of lists: sign up, confirm, join, leave, choose."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from masthead.core import audit, clock, limits, mail
from masthead.core.actors import Actor
from masthead.core.jobs import every
from masthead.core.models import Message
from masthead.core.refusals import Refusal
from masthead.letters.models import Consent, Left, LetterList, SignUp, Subscription
from masthead.membership.models import Grant
from masthead.readers import accounts, addresses, devices
from masthead.readers.models import Reader

KEPT = timedelta(days=7)
"""How long an unconfirmed sign-up waits for its owner; then nothing is left of it."""

MESSAGE_KEY = "letters-sign-up:"
SIGN_UPS_OF_NETWORK = limits.define("letters.sign-ups-of-network", times=20, per=3600)
SIGN_UPS_OF_ADDRESS = limits.define("letters.sign-ups-of-address", times=3, per=86400)
SIGN_UPS_ALTOGETHER = limits.define("letters.sign-ups-altogether", times=2000, per=3600)

WORDS = {
    "sign-up-1": "We ask you to confirm first. Nobody else gets the address, and one press of a button ends it.",
    "choices-1": "Letters that are ticked are sent to you; the others are not.",
}
"""What stood at the button, by key: proof of consent quotes it. A text that forms have shown is never changed;
a new wording gets a new key."""

SIGN_UP_WORDS = "sign-up-1"
CHOICE_WORDS = "choices-1"

audit.register("letters.joined", "{by} joined the list {list}")
audit.register("letters.left", "{by} left the list {list} ({how})")


class NoListChosen(Refusal):
    for_people_text = "Choose at least one letter. Nothing has been changed."


class NotOpen(Refusal):
    for_people_text = "The letter ‘%(list)s’ takes no sign-ups at present. Nothing has been changed."


class ForSupporters(Refusal):
    for_people_text = (
        "The letter ‘%(list)s’ is for supporters. It comes by itself from the day you support us. "
        "Nothing has been changed."
    )


class SignUpOver(Refusal):
    for_people_text = (
        "This link works no longer: it is older than seven days, or was cut off on its way. Sign up again, and a new "
        "one is sent to you. Nothing has been changed."
    )


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did; `again`: it had been confirmed before, and nothing was changed."""

    lists: list[LetterList]
    again: bool = False


@dataclass(frozen=True)
class Choice:
    """One list as a reader may choose it: whether they get it now, whether they may, and if not, why in a sentence."""

    list: LetterList
    on: bool
    may: bool
    why: str = ""


# --- Signing up -------------------------------------------------------------------------------------------


def sign_up(email: str, *, lists: Iterable[str], words: str, page: str, network: str) -> None:
    """Ask whoever owns this address whether they want these lists, by slug; `words` is a key of WORDS.

    Nobody is told whether an address is known: the owner of each gets the same message. Past three a day an address
    gets none, and the answer stays the same. Raises BadAddress, NoListChosen, ForSupporters, NotOpen, TooMany.
    """
    address = addresses.checked(email)
    wanted = _open(set(lists))
    limits.hit(SIGN_UPS_OF_NETWORK, network)
    limits.hit(SIGN_UPS_ALTOGETHER, "")
    try:
        limits.hit(SIGN_UPS_OF_ADDRESS, _mailbox(address))
    except limits.TooMany:
        return
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = SignUp.objects.create(
            email=address, words=_shown(wanted, words), page=accounts.own_path(page), token_hash=devices.hash_of(token)
        )
        row.lists.set(wanted)
        link = settings.SITE_ADDRESS + reverse("letters-confirm", args=[token])
        facts = {
            "lists": wanted,
            "link": link,
            "asked_at": row.asked_at.astimezone(clock.zone()),
            "words": WORDS[words],
        }
        mail.queue("letters/confirm", address, facts, key=f"{MESSAGE_KEY}{row.pk}")


def behind(token: str) -> SignUp:
    """The sign-up that a link belongs to; looking changes nothing. Raises SignUpOver."""
    row = SignUp.objects.filter(token_hash=devices.hash_of(token), asked_at__gt=clock.now() - KEPT).first()
    if row is None:
        raise SignUpOver
    return row


def confirm(token: str) -> Confirmed:
    """The owner of the address says yes: an account where there is none, and a consent for each list.

    A second time changes nothing, so that an old link cannot bring back somebody who has left. Raises SignUpOver.
    """
    from masthead.letters import suppression  # which lets go of lists here when somebody complains

    with transaction.atomic():
        row = SignUp.objects.select_for_update().get(pk=behind(token).pk)
        lists = list(row.lists.all())
        if row.confirmed_at is not None:
            return Confirmed(lists, again=True)
        SignUp.objects.filter(pk=row.pk).update(confirmed_at=clock.now())
        reader = accounts.reader_for(row.email)
        suppression.proved(reader)
        for letters in lists:
            consent = _consent(
                reader, letters, words=row.words, page=row.page, asked_at=row.asked_at, confirmed_at=clock.now()
            )
            join(reader, letters, consent)
    return Confirmed(lists)


@every(hours=6)
def forget_sign_ups() -> None:
    """Delete sign-ups after seven days, confirmed or not, and the messages that hold their links."""
    latest = clock.now() - KEPT
    SignUp.objects.filter(asked_at__lte=latest).delete()
    Message.objects.filter(key__startswith=MESSAGE_KEY, queued_at__lte=latest).delete()


# --- Joining, leaving, choosing ---------------------------------------------------------------------------


def join(
    reader: Reader, letters: LetterList, consent: Consent | None = None, *, by: Actor | None = None
) -> Subscription:
    """Put a reader on a list, or take back that they opted out of a supporters' one. Twice changes nothing.

    Raises ForSupporters without a live grant of the list's benefit.
    """
    if (
        not letters.is_free
        and not Grant.objects.at(clock.now()).filter(reader=reader, benefit=letters.benefit).exists()
    ):
        raise ForSupporters(list=letters.name)
    with transaction.atomic():
        row, is_new = Subscription.objects.select_for_update().get_or_create(
            list=letters, reader=reader, defaults={"consent": consent}
        )
        if not is_new and row.left_at is None:
            return row
        row.left_at, row.left_how = None, ""
        if not is_new:
            row.joined_at, row.consent = clock.now(), consent
        row.save()
        audit.record("letters.joined", reader, by=by or reader.actor, list=letters.slug)
    return row


def leave(reader: Reader, letters: LetterList, how: Left, *, by: Actor | None = None) -> bool:
    """Take a reader off a list, or note that they opted out of a supporters' one. Says whether anything changed."""
    facts = {"left_at": clock.now(), "left_how": how}
    with transaction.atomic():
        if letters.is_free:
            changed = Subscription.objects.standing().filter(list=letters, reader=reader).update(**facts)
        else:
            row, is_new = Subscription.objects.get_or_create(list=letters, reader=reader, defaults=facts)
            changed = is_new or Subscription.objects.standing().filter(pk=row.pk).update(**facts)
        if changed:
            audit.record("letters.left", reader, by=by or reader.actor, list=letters.slug, how=how)
    return bool(changed)


def choices_for(reader: Reader) -> list[Choice]:
    """Every list that a reader is on or could be on, and supporters' ones, with what stands in the way. Three queries.

    A free list that takes no sign-ups is left out for those who are not on it.
    """
    held = set(Grant.objects.at(clock.now()).filter(reader=reader).values_list("benefit", flat=True))
    left = dict(Subscription.objects.filter(reader=reader).values_list("list_id", "left_at"))
    choices = []
    for letters in LetterList.objects.all():
        if letters.is_free:
            on = letters.pk in left and left[letters.pk] is None
            if on or letters.is_open:
                choices.append(Choice(letters, on=on, may=True))
        elif letters.benefit in held:
            choices.append(Choice(letters, on=left.get(letters.pk) is None, may=True))
        else:
            choices.append(Choice(letters, on=False, may=False, why="For supporters: it comes with your support."))
    return choices


def choose(
    reader: Reader, slugs: Collection[str], *, page: str, how: Left = Left.PREFERENCES, by: Actor | None = None
) -> None:
    """Make a reader's lists exactly these; what they may not have stays as it is, and unknown names are passed over.

    `page`: the path on which they chose, kept as proof; `how`: said of each list that they leave. A tick in the account
    is its owner's. One behind a link in a letter may be anybody's who had it: its consent is kept as not confirmed.
    """
    confirmed_at = clock.now() if how == Left.ACCOUNT else None
    with transaction.atomic():
        for choice in choices_for(reader):
            wants = choice.list.slug in slugs
            if wants and choice.may and not choice.on:
                words = _shown([choice.list], CHOICE_WORDS)
                asked_at = clock.now()
                consent = _consent(
                    reader, choice.list, words=words, page=page, asked_at=asked_at, confirmed_at=confirmed_at
                )
                join(reader, choice.list, consent, by=by)
            elif choice.on and not wants:
                leave(reader, choice.list, how, by=by)


# --- What the verbs call ----------------------------------------------------------------------------------


def _open(slugs: set[str]) -> list[LetterList]:
    """The lists of these names, if each takes sign-ups from anybody."""
    found = list(LetterList.objects.filter(slug__in=slugs))
    if not found:
        raise NoListChosen
    for letters in found:
        if not letters.is_free:
            raise ForSupporters(list=letters.name)
        if not letters.is_open:
            raise NotOpen(list=letters.name)
    return found


def _mailbox(address: str) -> str:
    """Where an address ends up: jo+news@… and jo+more@… fill the same mailbox (RFC 5233), so they share its limit."""
    name, at, domain = address.rpartition("@")
    return (name.partition("+")[0] or name) + at + domain


def _shown(lists: list[LetterList], words: str) -> str:
    """All that stood at the button: each list with its sentence, and what we promised."""
    return "\n".join([*(f"{letters.name}: {letters.sentence}" for letters in lists), WORDS[words]])


def _consent(reader: Reader, letters: LetterList, **proof: Any) -> Consent:
    return Consent.objects.create(reader=reader, list=letters, **proof)
