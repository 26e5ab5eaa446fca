"""Devices: browsers with a session. The browser holds a random token, the database only its hash."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.readers.models import Device, Reader

MOST_DEVICES = 6  # a reader; the one unused for longest ends when a seventh comes
UNUSED_FOR = timedelta(days=400)  # what browsers keep a cookie for at most (RFC 6265bis, 5.5)
ENDED_FOR = timedelta(days=30)
AT_ONCE = 1_000

COOKIE = "__Host-session" if settings.CONFIG.secure else "session"

audit.register("device.opened", "a device was signed in: {label}")
audit.register("device.ended", "a device was signed out")


def open_device(reader: Reader | None = None, label: str = "", *, by: Actor | None = None) -> tuple[Device, str]:
    """A new session, and the token that its browser shall hold; a seventh device of a reader ends the oldest."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        device = Device.objects.create(token_hash=hash_of(token), reader=reader, label=label[:80])
        audit.record("device.opened", device, by=by or (reader.actor if reader else device.actor), label=label[:80])
        if reader:
            _end_the_oldest(reader, keep=device)
    return device, token


def join(device: Device, reader: Reader) -> str:
    """Make a device that paid the signed-in device of `reader`. Returns the new token that its browser shall hold."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        device.reader, device.token_hash = reader, hash_of(token)
        device.save(update_fields=["reader", "token_hash"])
        _end_the_oldest(reader, keep=device)
    return token


def end(device: Device, *, by: Actor) -> None:
    """End a session; what the device bought stays with whoever bought it. Ending twice changes nothing."""
    with transaction.atomic():
        if Device.objects.live().filter(pk=device.pk).update(ended_at=clock.now()):
            audit.record("device.ended", device, by=by)


def end_all(reader: Reader, *, by: Actor, but: Device | None = None) -> None:
    """End every session of `reader`, except that of the device `but`."""
    for device in Device.objects.of(reader).exclude(pk=but.pk if but else 0):
        end(device, by=by)


def device_with(token: str) -> Device | None:
    """The live device whose browser holds `token`, with its reader: one query."""
    return Device.objects.live().select_related("reader").filter(token_hash=hash_of(token)).first()


def seen(device: Device) -> bool:
    """Note that `device` was used today; whether today is the first time, so that its cookie is due for renewal."""
    today = clock.today()
    if device.last_seen_on >= today:  # saves SQLite's one writer: an UPDATE takes it, also when no row is meant
        return False
    return bool(Device.objects.live().filter(pk=device.pk, last_seen_on__lt=today).update(last_seen_on=today))


def end_unused() -> None:
    """End sessions that no browser can still hold, and forget ended ones that own nothing, some at a time."""
    latest = clock.today() - UNUSED_FOR
    Device.objects.live().filter(last_seen_on__lt=latest).update(ended_at=clock.now())
    ended = Device.objects.filter(
        ended_at__lt=clock.now() - ENDED_FOR, **{f"{name}__isnull": True for name in _owned()}
    )
    Device.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:AT_ONCE])).delete()


def _owned() -> list[str]:
    """What devices have on higher floors, such as pledges, by the names of these relations."""
    return [
        relation.field.related_query_name()
        for relation in Device._meta.related_objects
        if relation.related_model._meta.app_label != Device._meta.app_label
    ]


def set_session(response: HttpResponse, token: str) -> None:
    """Give the browser its token."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(UNUSED_FOR.total_seconds()),
        path="/",
        secure=settings.CONFIG.secure,
        httponly=True,
        samesite="Lax",
    )


def drop_session(response: HttpResponse) -> None:
    """Take the token from the browser."""
    response.set_cookie(COOKIE, "", max_age=0, path="/", secure=settings.CONFIG.secure, httponly=True, samesite="Lax")


def use_here(request: HttpRequest, response: HttpResponse, device: Device, token: str) -> None:
    """From this answer on, the asking browser is `device`; what runs after the view sees it too."""
    request.device, request.reader = device, device.reader  # type: ignore[attr-defined]
    set_session(response, token)


def leave(request: HttpRequest) -> None:
    """What runs after the view sees nobody any more."""
    request.device = request.reader = None  # type: ignore[attr-defined]


def hash_of(token: str) -> str:
    """What the database keeps of a token; it has 256 random bits, so a plain hash cannot be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()


def label_of(user_agent: str) -> str:
    """The kind of browser, in words that its owner knows: 'Firefox on Windows'."""
    browser = next((name for name, mark in BROWSERS if re.search(mark, user_agent)), "A browser")
    system = next((name for name, mark in SYSTEMS if re.search(mark, user_agent)), "")
    return f"{browser} on {system}" if system else browser


# The order matters: Edge calls itself Chrome too, and Chrome calls itself Safari.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def _end_the_oldest(reader: Reader, *, keep: Device) -> None:
    others = Device.objects.of(reader).exclude(pk=keep.pk)
    for device in others[MOST_DEVICES - 1 :]:
        end(device, by=Actor.system("devices"))
