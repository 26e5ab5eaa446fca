"""`masthead check`: says in plain words what is misconfigured."""

import os
import stat
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta

from masthead.__main__ import SECRETS_FILE
from masthead.core import clock, config
from masthead.core.config import Config

Finding = tuple[bool, str]
LATE = timedelta(minutes=10)


def run(_arguments: Namespace) -> int:
    settings = config.load()
    wrong = 0
    for good, sentence in findings(settings):
        wrong += not good
        print(f"{'ok    ' if good else 'WRONG '} {sentence}")  # noqa: T201
    print(f"\n{wrong} to put right." if wrong else "\nAll is well.")  # noqa: T201
    return 1 if wrong else 0


def findings(settings: Config) -> Iterator[Finding]:
    """What was looked at, in the order in which one would put it right."""
    yield True, f"settings: {settings.home / 'masthead.toml'} and the environment, site {settings.address}"
    yield _proxy(settings)
    yield from _secrets(settings)
    yield from _folders(settings)
    yield _mail(settings)
    import django

    django.setup()
    from django.db import Error

    try:
        yield _database(settings)
        yield from _migrations()
    except Error as error:
        yield False, f"database: {str(error).strip().splitlines()[0]}"
        return
    yield from _checks_of_the_rooms()
    yield _support(settings)
    yield from _work()
    yield from letters(settings)
    yield from money()


def _proxy(settings: Config) -> Finding:
    if not settings.secure:
        return True, "proxy: none is needed, this address is for this machine alone"
    if settings.behind_proxy:
        return True, "proxy: readers' networks are read from what yours adds to X-Forwarded-For"
    return False, (
        f"proxy: {settings.address} needs a proxy for TLS, and all readers then come from its address, so that limits "
        "for one network lock everybody out: set `behind_proxy = true`"
    )


def _secrets(settings: Config) -> Iterator[Finding]:
    path = settings.home / SECRETS_FILE
    if not path.exists():
        yield True, "secrets: from the environment alone"
    elif (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        yield False, f"secrets: others may read {path} ({mode:o}): chmod 600 it"
    else:
        yield True, f"secrets: {path}, readable by its owner alone"
    if settings.secret_before.get_secret_value():
        yield True, "secrets: a former secret is still valid; drop it when a month has passed since the change"


def _folders(settings: Config) -> Iterator[Finding]:
    for folder in (settings.media, settings.originals, settings.state):
        good = folder.is_dir() and os.access(folder, os.W_OK)
        yield good, f"folder: {folder} {'can be written to' if good else 'is missing or cannot be written to'}"


def _mail(settings: Config) -> Finding:
    if settings.demo:
        return True, "mail: kept for /demo/mail/, this is a demonstration"
    if not settings.mail:
        local = settings.host in config.LOOPBACK
        return local, f"mail: kept in {settings.home / 'mail'}, nobody gets it; set `mail` to smtp://user@host:587"
    import django
    from django.core.mail import get_connection

    django.setup()
    try:
        carrier = get_connection().carrier  # type: ignore[attr-defined]
        carrier.open()
        carrier.close()
    except OSError as error:
        return False, f"mail: {settings.mail} does not answer: {error}"
    return True, f"mail: {settings.mail} answers"


def _database(settings: Config) -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor != "sqlite":
            return True, f"database: {connection.vendor} answers"
        cursor.execute("PRAGMA quick_check")
        verdict = cursor.fetchone()[0]
    return verdict == "ok", f"database: {settings.database_file}, {verdict}"


def _migrations() -> Iterator[Finding]:
    from masthead.web.workers import missing_migrations

    missing = missing_migrations()
    if missing:
        yield False, f"migrations: {len(missing)} are missing: run `masthead manage migrate`"
    else:
        yield True, "migrations: the database is of this version"


def _checks_of_the_rooms() -> Iterator[Finding]:
    """Django's checks, ours among them: the ledger's triggers, who listens where money moves, and the like."""
    from django.core import checks

    from masthead.core import starting

    found = [message for message in checks.run_checks(databases=["default"]) if message.level >= checks.WARNING]
    for message in found:
        yield False, f"{message.id}: {starting.in_words(message)}"
    if not found:
        yield True, "house: every check of its rooms passes (ledger guards, listeners, models)"


def _support(settings: Config) -> Finding:
    from masthead.money import providers

    if providers.can_take_support():
        return True, "support: a payment provider is set up"
    nothing = "support: no payment provider is set up, so /support/ says that nothing can be taken yet"
    return settings.host in config.LOOPBACK, nothing + ": set one up in the settings"


def _work() -> Iterator[Finding]:
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from masthead.core.models import Message, Rule

    since = timezone.now() - LATE
    late = DBTaskResult.objects.ready().filter(enqueued_at__lt=since).exclude(run_after__range=(since, timezone.now()))
    waiting = "jobs: {} wait for ten minutes or more: is `masthead serve` running?"
    failed = DBTaskResult.objects.failed().count()
    yield not late.exists(), _count(late.count(), "jobs: none waits", waiting)
    yield True, _count(failed, "jobs: none failed in the last week", "jobs: {} tries failed in the last week")
    unsent = Message.objects.filter(sent_at=None, queued_at__lt=clock.now() - LATE).count()
    yield not unsent, _count(unsent, "mail: none waits", "mail: {} messages wait for ten minutes or more")
    overdue = Rule.objects.filter(due_at__lt=clock.now() - LATE).count()
    yield not overdue, _count(overdue, "clock: on time", "clock: {} rules are late: is `masthead serve` running?")


def letters(settings: Config) -> Iterator[Finding]:
    """Whether letters are believed and what comes back is read. Who can't be asked is no fault of the newsroom's."""
    from masthead.letters import standing
    from masthead.letters.models import ReportsBox
    from masthead.letters.returns import mailbox

    for finding in standing.examine():
        yield finding.passes or not finding.asked, f"letters: {finding.name}: {finding.says}"
    if settings.returns_mailbox:
        box = ReportsBox.objects.filter(name=mailbox.name_of(settings.returns_mailbox)).first()
        trouble = box.trouble if box else ""
        yield not trouble, f"reports: {trouble or 'the mailbox of what comes back can be read'}"


def money() -> Iterator[Finding]:
    """Whether payment providers answer and are set up as they have to be, and whether anything waits for them."""
    from masthead.money import standing

    for good, sentence in standing.examine():
        yield good, f"money: {sentence}"


def _count(number: int, none: str, some: str) -> str:
    return some.format(number) if number else none
