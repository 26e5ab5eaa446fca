"""The second factor of staff: an authenticator app or passkeys, and recovery codes for the day when they are lost.

Whoever may see or move money, or say who may, must have one; all others may. A demonstration asks for none.
"""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from masthead.core import audit, clock, jobs, limits, mail, sealing
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers import desk_sessions, guarded, one_time_codes, passkeys
from masthead.readers.models import DeskSession, Factor, FactorKind, RecoveryCode, StaffUser
from masthead.readers.refusals import (
    LastFactor,
    NewPasskeyRefused,
    NotTheAppsCode,
    NotYourself,
    WrongFactor,
    WrongPasskey,
    WrongPassword,
)

RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for each other
LETTERS_A_CODE = 16  # 79 bits, so that a plain hash cannot be turned round

TRIES_OF_PERSON = limits.define("desk.factor-tries-of-person", times=6, per=900)
TRIES_A_DAY = limits.define("desk.factor-tries-of-person-a-day", times=30, per=86400)
TRIES_OF_NETWORK = limits.define("desk.factor-tries-of-network", times=20, per=900)

WAYS = ("app", "passkey", "recovery code")
"""How a second factor is proved."""

SEALED_FOR = "authenticator app"

REASONS = {
    "lost": "the telephone or key is lost",
    "new": "there is a new telephone or key, and the old one is gone",
    "stolen": "the telephone or key was stolen",
    "misuse": "somebody else may have used it",
}
"""Why an administrator takes off somebody's second factor."""

audit.register("staff.factor-added", "{by} set up a second factor: {kind}")
audit.register("staff.factor-removed", "{by} removed a second factor: {kind}")
audit.register("staff.factor-refused", "a second factor of {subject} was refused: {kind}")
audit.register("staff.factors-reset", "{by} took off the second factor of {subject}: {reason}")
audit.register("staff.recovery-codes-made", "{by} made {count} recovery codes; earlier ones work no longer")


@dataclass(frozen=True)
class Typed:
    """What somebody gives as proof: a code of the app or from paper, a passkey's answer, or else the password."""

    code: str = ""
    passkey: str = ""
    password: str = ""
    challenge: passkeys.Challenge | None = None


def must_have_one(person: StaffUser) -> bool:
    """Whether this person holds a guarded right, and so reaches what it opens only with a second factor."""
    return not settings.CONFIG.demo and (person.is_superuser or guarded.any_guarded(person.get_all_permissions()))


def has_one(person: StaffUser) -> bool:
    """Whether this person is asked for a second factor when signing in."""
    return not settings.CONFIG.demo and person.factors.exists()


# --- setting up ---


def new_secret_for_app(person: StaffUser) -> tuple[str, str]:
    """A secret to be shown once, and the same sealed for `person`, to come back with the first code."""
    secret = one_time_codes.new_secret()
    return secret, sealing.seal(f"{person.pk}:{secret}", SEALED_FOR)


def offered_secret(person: StaffUser, sealed: str) -> str:
    """The secret that was shown to this person. Raises NotTheAppsCode when it was not."""
    try:
        whose, _, secret = sealing.unseal(sealed, SEALED_FOR).partition(":")
    except sealing.Unreadable:
        raise NotTheAppsCode from None
    if whose != str(person.pk):
        raise NotTheAppsCode
    return secret


def add_app(person: StaffUser, *, sealed: str, code: str, keep: DeskSession | None) -> Factor:
    """Take the app whose secret was shown, proved by a code of it, in place of an earlier one. Sessions but `keep` end.

    Raises NotTheAppsCode, limits.TooMany.
    """
    limits.hit(TRIES_OF_PERSON, str(person.pk))
    secret = offered_secret(person, sealed)
    step = one_time_codes.step_of(secret, _digits(code), now=clock.time())
    if step is None:
        raise NotTheAppsCode
    with transaction.atomic():
        locked = StaffUser.objects.select_for_update().get(pk=person.pk)
        locked.factors.filter(kind=FactorKind.APP).delete()
        kept = sealing.seal(f"{person.pk}:{secret}", SEALED_FOR)
        app = Factor(person=locked, kind=FactorKind.APP, name="Authenticator app", secret=kept, counter=step)
        _add(app, keep=keep)
    limits.forgive(TRIES_OF_PERSON, str(person.pk))
    return app


def add_passkey(
    person: StaffUser, *, answer: str, challenge: passkeys.Challenge | None, name: str, keep: DeskSession | None
) -> Factor:
    """Take the passkey that the browser made. Every session but `keep` ends. Raises NewPasskeyRefused."""
    try:
        kept, count = passkeys.made(answer, challenge or {})
    except passkeys.NotRight:
        raise NewPasskeyRefused from None
    with transaction.atomic():
        locked = StaffUser.objects.select_for_update().get(pk=person.pk)
        name = name.strip()[:80] or "Passkey"
        passkey = Factor(person=locked, kind=FactorKind.PASSKEY, name=name, secret=kept, counter=count)
        _add(passkey, keep=keep)
    return passkey


def _add(factor: Factor, *, keep: DeskSession | None) -> None:
    factor.save()
    person, kind = factor.person, FactorKind(factor.kind)
    audit.record("staff.factor-added", person, by=person.actor, kind=kind.value)
    desk_sessions.end_all(person, but=keep, by=person.actor)
    _tell(person, f"factor-added:{factor.pk}", "readers/factor_added", what=kind.label)


def remove(factor: Factor, *, keep: DeskSession | None) -> None:
    """Its owner removes one; with the last, the recovery codes go. Every session but `keep` ends. Raises LastFactor."""
    person = factor.person
    with transaction.atomic():
        StaffUser.objects.select_for_update().get(pk=person.pk)
        if person.factors.count() == 1 and must_have_one(person):
            raise LastFactor
        kind, _ = factor.kind, factor.delete()
        if not person.factors.exists():
            person.recovery_codes.all().delete()
        audit.record("staff.factor-removed", person, by=person.actor, kind=kind)
        desk_sessions.end_all(person, but=keep, by=person.actor)
        _tell(person, f"factor-removed:{person.pk}:{clock.now().isoformat()}", "readers/factor_removed")


def reset(person: StaffUser, *, reason: str, by: Actor) -> None:
    """Somebody else takes off all factors, since they are lost: `reason` is one of REASONS. Every session ends.

    The next sign-in by password leads to setting up a new one. Raises NotYourself.
    """
    if by == person.actor:
        raise NotYourself
    with transaction.atomic():
        person.factors.all().delete()
        person.recovery_codes.all().delete()
        audit.record("staff.factors-reset", person, by=by, reason=reason if reason in REASONS else "lost")
        desk_sessions.end_all(person, by=by)
        _tell(person, f"factor-removed:{person.pk}:{clock.now().isoformat()}", "readers/factor_removed")


def make_recovery_codes(person: StaffUser) -> list[str]:
    """New codes, to be shown this once; earlier ones work no longer."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_CODE)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        person.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(person=person, code_hash=_hash(code)) for code in codes)
        audit.record("staff.recovery-codes-made", person, by=person.actor, count=len(codes))
    return ["-".join(code[start : start + 4] for start in range(0, LETTERS_A_CODE, 4)) for code in codes]


def recovery_codes_left(person: StaffUser) -> int:
    """How many have not been used."""
    return person.recovery_codes.filter(used_at__isnull=True).count()


# --- proving ---


def passkeys_of(person: StaffUser) -> list[str]:
    """Their public halves."""
    return [factor.secret for factor in person.factors.all() if factor.kind == FactorKind.PASSKEY]


def prove(person: StaffUser, typed: Typed, *, network: str) -> str:
    """That it is really this person: gives how ("app", "passkey", "recovery code", "password").

    A password is proof of that only, and taken only from who has no second factor. Raises WrongFactor, WrongPasskey,
    WrongPassword, limits.TooMany; all but the last are written to the audit log.
    """
    limits.hit(TRIES_OF_NETWORK, network)
    limits.hit(TRIES_OF_PERSON, str(person.pk))
    limits.hit(TRIES_A_DAY, str(person.pk))
    refusal: Refusal
    if not has_one(person):
        how, right, refusal = "password", person.check_password(typed.password), WrongPassword()
    elif typed.passkey:
        how, right, refusal = "passkey", _is_passkey(person, typed), WrongPasskey()
    elif len(_digits(typed.code)) == one_time_codes.DIGITS and _digits(typed.code) == _bare(typed.code):
        how, right, refusal = "app", _is_apps(person, _digits(typed.code)), WrongFactor()
    else:
        how, right, refusal = "recovery code", _is_recovery(person, _bare(typed.code)), WrongFactor()
    if not right:
        audit.record("staff.factor-refused", person, by=Actor("visitor", ""), kind=how)
        raise refusal
    limits.forgive(TRIES_OF_NETWORK, network)
    limits.forgive(TRIES_OF_PERSON, str(person.pk))
    limits.forgive(TRIES_A_DAY, str(person.pk))
    return how


def _is_apps(person: StaffUser, code: str) -> bool:
    app = person.factors.filter(kind=FactorKind.APP).first()
    if app is None:
        return False
    try:
        secret = offered_secret(person, app.secret)
    except NotTheAppsCode:  # the newsroom's secret was changed since: a recovery code or a passkey works as before
        return False
    step = one_time_codes.step_of(secret, code, now=clock.time(), after=app.counter)
    return step is not None and _count_on(app, step)


def _is_passkey(person: StaffUser, typed: Typed) -> bool:
    try:
        kept, count = passkeys.used(typed.passkey, typed.challenge or {}, passkeys_of(person))
    except passkeys.NotRight:
        return False
    factor = person.factors.get(kind=FactorKind.PASSKEY, secret=kept)
    if count == 0 == factor.counter:  # this kind does not count (WebAuthn, 6.1.1)
        Factor.objects.filter(pk=factor.pk).update(used_at=clock.now())
        return True
    return _count_on(factor, count)


def _count_on(factor: Factor, count: int) -> bool:
    """Whether it was not used before: of two requests with one code, one succeeds."""
    unused = Factor.objects.filter(pk=factor.pk, counter__lt=count)
    return bool(unused.update(counter=count, used_at=clock.now()))


def _is_recovery(person: StaffUser, code: str) -> bool:
    unused = person.recovery_codes.filter(code_hash=_hash(code), used_at__isnull=True)
    return bool(unused.update(used_at=clock.now()))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _digits(typed: str) -> str:
    return "".join(letter for letter in typed if letter.isascii() and letter.isdigit())


def _bare(typed: str) -> str:
    return "".join(letter for letter in typed.lower() if letter.isascii() and letter.isalnum())


def _tell(person: StaffUser, key: str, template: str, **facts: str) -> None:
    """A word to whom it belongs, so that nobody does this unseen."""
    if not settings.CONFIG.demo:
        mail.queue(
            template, person.email, {"person": person, "desk": f"{settings.SITE_ADDRESS}/desk/", **facts}, key=key
        )


@jobs.every(hours=12)
def seal_anew() -> None:
    """Seal the secrets of apps with the newest secret of the newsroom, so that a former one can go."""
    for app in Factor.objects.filter(kind=FactorKind.APP):
        try:
            secret = sealing.unseal(app.secret, SEALED_FOR)
        except sealing.Unreadable:
            continue
        Factor.objects.filter(pk=app.pk, secret=app.secret).update(secret=sealing.seal(secret, SEALED_FOR))
