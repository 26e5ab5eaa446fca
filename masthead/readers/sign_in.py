"""Sign-in by e-mail: one message with a six-digit code and a link. Signing in for the first time makes the account.

Nothing tells whether an address is known: the same page, the same message, the same work for every address.
The code works in the browser that asked, the link in any; each is kept as a hash.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse

from masthead.core import clock, jobs, limits, mail
from masthead.core.models import Message
from masthead.core.signing import Keyring
from masthead.readers import accounts, addresses, devices
from masthead.readers.care import notes
from masthead.readers.models import Confirmation, Device, Purpose, Reader, SignInCode
from masthead.readers.refusals import (
    CodesOff,
    CodeTooOld,
    LinkOver,
    NewerSent,
    NothingAsked,
    NotSignedIn,
    UsedUp,
    WrongCode,
    WrongTooOften,
)
from masthead.readers.signals import address_confirmed

CODE_LIVES = timedelta(minutes=10)
LINK_LIVES = {Purpose.SIGN_IN: CODE_LIVES, Purpose.CONFIRM: timedelta(days=1), Purpose.HELP: timedelta(days=1)}
TEMPLATES = {Purpose.SIGN_IN: "sign_in", Purpose.CONFIRM: "confirm", Purpose.HELP: "sign_in_help"}
KEPT = timedelta(days=1)  # what became of a code: a day's wrong tries are counted over it

MOST_TRIES = 5  # a code
MOST_WRONG_A_DAY = 10  # an address
ALARM_AT = 300  # wrong codes an hour in all: then codes go off and links stay

ASKS_OF_ADDRESS = limits.define("sign-in.asks-of-address", times=6, per=3600)
ASKS_OF_NETWORK = limits.define("sign-in.asks-of-network", times=30, per=3600)
TRIES_OF_NETWORK = limits.define("sign-in.tries-of-network", times=60, per=3600)

MESSAGE_KEY = "sign-in:"


@dataclass(frozen=True)
class Browser:
    """Who is asking: the token of the cookie set when a code was asked for, the session's device, where from."""

    token: str = ""
    device: Device | None = None
    network: str = "unknown"
    label: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A browser that is signed in now, and the token that it shall hold."""

    reader: Reader
    device: Device
    token: str
    next_path: str


def new_browser_token() -> str:
    """What the browser that asks shall hold, in a cookie of its own, until it has signed in."""
    return secrets.token_urlsafe(24)


def ask(typed: str, *, browser: Browser, next_path: str = "") -> SignInCode:
    """Send a code and a link to an address, known or not; they void the ones sent before.

    Raises BadAddress when no mail could reach it, TooMany past a limit.
    """
    email = addresses.checked(typed)
    limits.hit(ASKS_OF_NETWORK, browser.network)
    limits.hit(ASKS_OF_ADDRESS, email)
    return _send(Purpose.SIGN_IN, email, browser_hash=devices.hash_of(browser.token), next_path=next_path)


def ask_to_confirm(email: str, *, device: Device, next_path: str = "") -> SignInCode | None:
    """Send the paying device's address a code and a link by which it is confirmed; None past the address's limit.

    The code, and the link when opened there, make the device its reader's; the link opened elsewhere signs in there.
    """
    try:
        limits.hit(ASKS_OF_ADDRESS, email)
    except limits.TooMany:
        return None
    return _send(Purpose.CONFIRM, addresses.normalise(email), device=device, next_path=next_path)


def ask_again(*, browser: Browser) -> SignInCode:
    """Send a new code and link to the address that this browser asked for last. Raises NothingAsked, TooMany."""
    last = asked_by(browser)
    if last is None:
        raise NothingAsked
    limits.hit(ASKS_OF_NETWORK, browser.network)
    limits.hit(ASKS_OF_ADDRESS, last.email)
    return _send(
        Purpose(last.purpose),
        last.email,
        browser_hash=last.browser_hash,
        device=last.device,
        next_path=last.next_path,
    )


def help_in(email: str) -> SignInCode:
    """Have a link sent that works for a day, for somebody whom the desk helps. Raises BadAddress, TooMany.

    No browser has asked, so its code opens nothing.
    """
    address = addresses.checked(email)
    limits.hit(ASKS_OF_ADDRESS, address)
    return _send(Purpose.HELP, address, browser_hash=devices.hash_of(new_browser_token()))


def asked_by(browser: Browser) -> SignInCode | None:
    """The newest code that this browser, or this device, asked for and has not used."""
    return _asked_by(browser).order_by("-asked_at", "-pk").first()


def by_code(code: str, *, browser: Browser) -> SignedIn:
    """Sign in with the six digits. Raises one of NotSignedIn that says what is wrong; CodeTooOld sends a new one."""
    limits.hit(TRIES_OF_NETWORK, browser.network)
    outcome = _try(code, browser)
    if isinstance(outcome, CodeTooOld):
        ask_again(browser=browser)
    if isinstance(outcome, NotSignedIn):
        raise outcome
    return outcome


def link_behind(token: str) -> SignInCode:
    """The message whose link this is; looking changes nothing. Raises LinkOver."""
    row = SignInCode.objects.select_related("device").filter(link_hash=devices.hash_of(token)).first()
    if row is None or not row.open_at(clock.now()):
        raise LinkOver
    return row


def by_link(token: str, *, browser: Browser) -> SignedIn:
    """Sign in this browser with the link, whichever browser asked. Raises LinkOver."""
    with transaction.atomic():
        row = SignInCode.objects.select_for_update().get(pk=link_behind(token).pk)
        if not row.open_at(clock.now()):
            raise LinkOver
        return _enter(row, browser)


def is_by(row: SignInCode, browser: Browser) -> bool:
    """Whether this browser is the one that asked, so that it may be shown the address in full."""
    return _asked_by(browser).filter(pk=row.pk).exists()


# --- What the verbs call ---------------------------------------------------------------------------------


def _send(
    purpose: Purpose, email: str, *, browser_hash: str = "", device: Device | None = None, next_path: str = ""
) -> SignInCode:
    code, link = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(24)
    now = clock.now()
    older = Q(email=email) | Q(device=device, purpose=Purpose.CONFIRM) if device else Q(email=email)
    with transaction.atomic():
        SignInCode.objects.filter(older, voided_at=None, used_at=None).update(voided_at=now)
        row = SignInCode.objects.create(
            purpose=purpose,
            email=email,
            code_hash=_code_hash(link, code),
            link_hash=devices.hash_of(link),
            browser_hash=browser_hash,
            device=device,
            next_path=accounts.own_path(next_path),
            asked_at=now,
            code_ends_at=now + CODE_LIVES,
            link_ends_at=now + LINK_LIVES[purpose],
        )
        words = {"code": code, "link": settings.SITE_ADDRESS + reverse("sign-in-link", args=[link])}
        mail.queue(f"readers/{TEMPLATES[purpose]}", email, words, key=f"{MESSAGE_KEY}{row.pk}")
    return row


def _keys() -> Keyring:
    return Keyring.of("sign-in code", *settings.CONFIG.secrets)


def _code_hash(link: str, code: str) -> str:
    """Six digits are soon tried out, so their hash needs our key; the message's own link makes each one different."""
    return _keys().signature(f"{devices.hash_of(link)}:{code}")


def _is_code_of(row: SignInCode, code: str) -> bool:
    keys = _keys()
    return any(keys.verifies(f"{row.link_hash}:{code}", row.code_hash, key_id=key) for key in keys.keys)


def _asked_by(browser: Browser) -> QuerySet[SignInCode]:
    mine = Q(pk__in=[])
    if browser.token:
        mine |= Q(browser_hash=devices.hash_of(browser.token))
    if browser.device:
        mine |= Q(device=browser.device)
    return SignInCode.objects.filter(mine, used_at=None)


def _try(code: str, browser: Browser) -> SignedIn | NotSignedIn:
    """One try; what it counts is kept also when it fails, so a failure is an answer here and no exception."""
    now = clock.now()
    with transaction.atomic():
        row = _asked_by(browser).select_for_update().order_by("-asked_at", "-pk").first()
        if row is None:
            return NothingAsked()
        if refusal := _forbidden(row, now):
            return refusal
        if _is_code_of(row, code):
            return _enter(row, browser)
        if any(_is_code_of(older, code) for older in _asked_by(browser).exclude(pk=row.pk).filter(email=row.email)):
            return NewerSent()
        SignInCode.objects.filter(pk=row.pk).update(wrong_tries=F("wrong_tries") + 1)
        left = MOST_TRIES - row.wrong_tries - 1
        return WrongCode(left=left) if left else UsedUp()


def _forbidden(row: SignInCode, now: datetime) -> NotSignedIn | None:
    if row.voided_at is not None:
        return NewerSent()
    if row.wrong_tries >= MOST_TRIES:
        return UsedUp()
    if _wrong(SignInCode.objects.filter(asked_at__gt=now - timedelta(hours=1))) >= ALARM_AT:
        return CodesOff()
    if _wrong(SignInCode.objects.filter(email=row.email, asked_at__gt=now - KEPT)) >= MOST_WRONG_A_DAY:
        return WrongTooOften()
    return CodeTooOld() if now >= row.code_ends_at else None


def _wrong(rows: QuerySet[SignInCode]) -> int:
    return rows.aggregate(wrong=Sum("wrong_tries"))["wrong"] or 0


def _enter(row: SignInCode, browser: Browser) -> SignedIn:
    """Spend the message and sign this browser in: a device that paid becomes its reader's, any other gets a session."""
    SignInCode.objects.filter(pk=row.pk).update(used_at=clock.now())
    reader = accounts.reader_for(row.email)
    device = browser.device
    if device is not None and device.reader_id in (None, reader.pk):
        token = devices.join(device, reader)
    else:
        if device is not None:  # somebody else's session in this browser: it is replaced
            devices.end(device, by=reader.actor)
        device, token = devices.open_device(reader, browser.label)
    confirmation = Confirmation.objects.create(reader=reader, device=device)
    tell.enqueue(confirmation.pk)
    transaction.on_commit(lambda: tell(confirmation.pk), robust=True)  # so that the next page shows it; else the job
    return SignedIn(reader, device, token, row.next_path)


@jobs.job(queue="now")
def tell(confirmation: int) -> None:
    """Tell the floors above, once, that an address was confirmed."""
    with transaction.atomic():
        rows = Confirmation.objects.select_related("reader", "device")
        row = rows.select_for_update(of=("self",)).filter(pk=confirmation, told_at=None).first()
        if row is None or row.reader.email is None:
            return
        notes.join(row.reader)
        address_confirmed.send(Confirmation, reader=row.reader, device=row.device)
        Confirmation.objects.filter(pk=row.pk).update(told_at=clock.now())


@jobs.every(hours=1)
def forget_old() -> None:
    """Forget codes after a day, with the messages that hold them, sessions that no browser holds, and told rows."""
    latest = clock.now() - KEPT
    SignInCode.objects.filter(asked_at__lt=latest, link_ends_at__lt=clock.now()).delete()
    Message.objects.filter(key__startswith=MESSAGE_KEY, queued_at__lt=latest).delete()
    Confirmation.objects.filter(told_at__lt=latest).delete()
    devices.end_unused()
