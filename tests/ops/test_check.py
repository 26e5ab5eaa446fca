"""What `masthead check` finds wrong, one thing at a time, beside a newsroom in which all is well."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from masthead.core import clock, config, jobs
from masthead.core.config import Config
from masthead.core.mail import deliver
from masthead.core.models import Message, Rule
from masthead.web.commands import check
from tests.conftest import template_database
from tests.running import free_port
from tests.worlds import letters_returns
from tests.worlds.money import named_bank

HOURS = timedelta(hours=1)


@pytest.fixture
def newsroom(tmp_path: Path, db: None) -> Callable[..., Config]:
    """A newsroom on this machine with the folders that it needs; with other settings where a test gives some."""

    def with_settings(**settings: Any) -> Config:
        for name in ("media", "originals", "state"):
            (tmp_path / name).mkdir(exist_ok=True)
        return config.load().model_copy(update={"home": tmp_path, **settings})

    return with_settings


def wrong(settings: Config) -> list[str]:
    return [sentence for good, sentence in check.findings(settings) if not good]


def test_of_a_newsroom_in_which_all_is_well_nothing_is_said(newsroom):
    assert wrong(newsroom()) == []


def test_https_without_a_proxy_told_of_would_make_everybody_one_network(newsroom):
    settings = newsroom(address="https://courier.example", mail="", behind_proxy=False)

    (found,) = [sentence for sentence in wrong(settings) if sentence.startswith("proxy:")]

    assert "set `behind_proxy = true`" in found
    assert not [sentence for sentence in wrong(newsroom(address="https://courier.example", behind_proxy=True))
                if sentence.startswith("proxy:")]  # fmt: skip


def test_a_public_newsroom_that_can_take_no_support_is_told_so(newsroom):
    public = newsroom(address="https://courier.example", behind_proxy=True)

    without = [sentence for sentence in wrong(public) if sentence.startswith("support:")]
    with named_bank():
        with_one = [sentence for sentence in wrong(public) if sentence.startswith("support:")]

    assert (len(without), with_one) == (1, [])
    assert "no payment provider is set up" in without[0]


def test_secrets_that_others_may_read_are_found(newsroom, tmp_path):
    settings, secrets = newsroom(), tmp_path / "secrets.env"
    secrets.write_text("MASTHEAD_SECRET=x\n")
    secrets.chmod(0o640)

    assert wrong(settings) == [f"secrets: others may read {secrets} (640): chmod 600 it"]

    secrets.chmod(0o600)
    assert wrong(settings) == []


def test_folders_that_are_missing_or_read_only_are_found(newsroom, tmp_path):
    settings = newsroom()
    (tmp_path / "media").rmdir()
    (tmp_path / "originals").rmdir()
    (tmp_path / "originals").write_text("a file in its place")

    assert wrong(settings) == [
        f"folder: {tmp_path / name} is missing or cannot be written to" for name in ("media", "originals")
    ]


def test_mail_that_nobody_gets_and_a_mail_server_that_is_away_are_found(newsroom, settings):
    settings.EMAIL_BACKEND = "masthead.core.mail.backend.Backend"
    public = newsroom(address="https://courier.example", behind_proxy=True)
    (nobody,) = [sentence for sentence in wrong(public) if sentence.startswith("mail:")]
    server = f"smtp://127.0.0.1:{free_port()}"

    with letters_returns.settings(mail=server):
        (silent,) = [sentence for sentence in wrong(newsroom()) if sentence.startswith("mail:")]

    assert "nobody gets it; set `mail` to smtp://" in nobody
    assert silent.startswith(f"mail: {server} does not answer")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="looks into the file")
def test_a_damaged_database_is_found(newsroom, another_database):
    pages = another_database.read_bytes()
    another_database.write_bytes(pages[:8192] + b"\xa5" * 200_000 + pages[208_192:])

    found = wrong(newsroom())

    assert [sentence for sentence in found if sentence.startswith("database:")] == found[:1] != []


def test_what_something_took_out_of_the_books_is_found(newsroom):
    with connection.cursor() as cursor:
        where = " ON money_line" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER money_line_is_not_late{where}")

    assert wrong(newsroom()) == [
        "money.E001: the books are not guarded: money_line_is_not_late: run `masthead manage guard_books`"
    ]


def test_missing_migrations_are_found(newsroom):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'adverts'")

    (found,) = [sentence for sentence in wrong(newsroom()) if sentence.startswith("migrations:")]

    assert "run `masthead manage migrate`" in found


def test_jobs_mails_and_rules_that_wait_too_long_are_found(newsroom):
    deliver.enqueue(0)
    Message.objects.create(to="ada@example.org", subject="A code", text="123 456", queued_at=clock.now())
    jobs.tick()
    assert wrong(newsroom()) == []

    DBTaskResult.objects.update(enqueued_at=timezone.now() - HOURS, run_after=timezone.now() - HOURS)
    Message.objects.update(queued_at=clock.now() - HOURS)
    Rule.objects.update(due_at=clock.now() - HOURS)

    assert [sentence.partition(": is ")[0] for sentence in wrong(newsroom())] == [
        f"jobs: {DBTaskResult.objects.ready().count()} wait for ten minutes or more",
        "mail: 1 messages wait for ten minutes or more",
        f"clock: {Rule.objects.count()} rules are late",
    ]


@pytest.fixture
def another_database(tmp_path: Path, db: None) -> Iterator[Path]:
    """A copy that a test may spoil, in place of the database of all tests."""
    copy = tmp_path / "spoilt.sqlite3"
    shutil.copy(template_database(), copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    kept = connections["default"]
    other = kept.copy()
    other.settings_dict = {**kept.settings_dict, "NAME": str(copy)}
    connections["default"] = other
    yield copy
    other.close()
    connections["default"] = kept
