"""A backup is one file, made while the newsroom writes, and worth what its rehearsal is worth."""

import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from masthead.money import guards
from tests.conftest import template_database

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret for tests alone, forty letters long"


def masthead(*words: str, home: Path | None = None, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")}
    settings |= {"MASTHEAD_SECRET": SECRET} | ({"MASTHEAD_HOME": str(home)} if home else {})
    command = [sys.executable, "-m", "masthead", *words]
    return subprocess.run(command, env=settings, cwd=ROOT, input=said, capture_output=True, text=True, check=False)


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A newsroom's folder with a small database in WAL mode, a picture and its original."""
    home = tmp_path / "courier"
    for name in ("media/images", "originals", "state"):
        (home / name).mkdir(parents=True)
    (home / "masthead.toml").write_text('language = "en-gb"\n')
    (home / "media/images/pier.webp").write_bytes(os.urandom(50_000))
    (home / "originals/pier.jpg").write_bytes(os.urandom(90_000))
    with closing(sqlite3.connect(home / "newsroom.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript("CREATE TABLE pledge (n INTEGER); CREATE TABLE line (n INTEGER)")
    return home


def while_writing(home: Path, act: Callable[[], object]) -> int:
    """Do `act` while somebody writes two rows a transaction; returns how many transactions were written."""
    over, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        with closing(sqlite3.connect(home / "newsroom.sqlite3", timeout=30, isolation_level=None)) as database:
            while not over.is_set():
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO pledge VALUES (?)", [written])
                database.execute("INSERT INTO line VALUES (?)", [written])
                database.execute("COMMIT")
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        act()
    finally:
        over.set()
        writer.join()
    return written


def rows(home: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(home / "newsroom.sqlite3")) as database:
        return [number for (number,) in database.execute(f"SELECT n FROM {table} ORDER BY n")]


def test_a_backup_made_while_the_newsroom_writes_comes_back_whole(newsroom, tmp_path):
    file, again = tmp_path / "courier.tar.gz", tmp_path / "again"

    written = while_writing(newsroom, lambda: masthead("backup", str(file), home=newsroom))
    restored = masthead("restore", str(file), str(again))

    assert restored.returncode == 0, restored.stderr
    assert rows(again, "pledge") == rows(again, "line") == list(range(len(rows(again, "line"))))
    assert 0 < len(rows(again, "line")) <= written
    for name in ("media/images/pier.webp", "originals/pier.jpg", "masthead.toml"):
        assert (again / name).read_bytes() == (newsroom / name).read_bytes()


def test_a_backup_never_overwrites(newsroom, tmp_path):
    file = tmp_path / "courier.tar.gz"
    file.write_text("last week's")

    refused = masthead("backup", str(file), home=newsroom)

    assert (refused.returncode, file.read_text()) == (1, "last week's")
    assert "never overwrites" in refused.stderr


def test_a_backup_holds_no_secret_and_is_for_its_owner_alone(newsroom, tmp_path):
    (newsroom / "secrets.env").write_text(f"MASTHEAD_SECRET={SECRET}\n")
    file = tmp_path / "courier.tar.gz"

    masthead("backup", str(file), home=newsroom)

    with tarfile.open(file) as archive:
        assert "secrets.env" not in archive.getnames()
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_with_a_wrong_byte_is_not_restored(newsroom, tmp_path):
    file, changed, again = tmp_path / "courier.tar.gz", tmp_path / "changed.tar.gz", tmp_path / "again"
    masthead("backup", str(file), home=newsroom)
    with tarfile.open(file) as archive, tarfile.open(changed, "w:gz") as copy:
        for member in archive:
            content = archive.extractfile(member).read()
            if member.name == "originals/pier.jpg":
                content = bytes([content[0] ^ 1]) + content[1:]
            copy.addfile(member, io.BytesIO(content))

    refused = masthead("restore", str(changed), str(again))

    assert refused.returncode == 1
    assert "originals/pier.jpg" in refused.stderr
    assert not again.exists()


def test_a_file_cut_off_is_not_restored(newsroom, tmp_path):
    file, again = tmp_path / "courier.tar.gz", tmp_path / "again"
    masthead("backup", str(file), home=newsroom)
    file.write_bytes(file.read_bytes()[:-40_000])

    refused = masthead("restore", str(file), str(again))

    assert (refused.returncode, again.exists()) == (1, False)


def test_a_member_that_leads_out_of_the_folder_is_refused(tmp_path):
    file, again = tmp_path / "evil.tar.gz", tmp_path / "deep" / "again"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo("media/../../../escaped")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))

    refused = masthead("restore", str(file), str(again))

    assert refused.returncode == 1
    assert not list(tmp_path.rglob("escaped"))


def test_nothing_is_restored_over_what_is_there(newsroom, tmp_path):
    file = tmp_path / "courier.tar.gz"
    masthead("backup", str(file), home=newsroom)

    refused = masthead("restore", str(file), str(newsroom))

    assert refused.returncode == 1
    assert "not empty" in refused.stderr


BOOKED = """
from datetime import date
from masthead.money.amounts import Money
from masthead.money.ledger import credit, debit, post
for pounds in ("5.00", "2.50"):
    given = Money.of(pounds, "GBP")
    post(f"practice:{pounds}", on=date(2026, 3, 1), lines=[debit("fees", given), credit("owed_by:practice", given)])
"""
READ = """
from django.test import Client
page = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000").get("/")
print(page.status_code, "public" if b'data-edition="public"' in page.content else "no page of ours")
"""


def the_books(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the ledger, and the guards that stand over it."""
    with closing(sqlite3.connect(home / "newsroom.sqlite3")) as database:
        found = {
            name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            for name in ("money_transaction", "money_line", "django_migrations")
        }
        triggers = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        return found | {"guards": database.execute(triggers).fetchall()}


@pytest.mark.processes
def test_a_whole_newsroom_comes_back_with_its_books_guarded_is_well_and_answers(tmp_path):
    home, again, file = tmp_path / "courier", tmp_path / "again", tmp_path / "courier.tar.gz"
    for name in ("media", "originals", "state"):
        (home / name).mkdir(parents=True)
    (home / "masthead.toml").write_text("")
    shutil.copy(template_database(), home / "newsroom.sqlite3")
    booked = masthead("manage", "shell", "--no-imports", "-c", BOOKED, home=home)
    assert booked.returncode == 0, booked.stderr

    masthead("backup", str(file), home=home)
    masthead("restore", str(file), str(again))
    shutil.rmtree(home)
    checked = masthead("check", home=again)
    books = the_books(again)
    read = masthead("manage", "shell", "--no-imports", "-c", READ, home=again)

    assert (checked.returncode, "WRONG" in checked.stdout) == (0, False), checked.stdout
    assert read.stdout.split() == ["200", "public"], read.stderr
    assert (len(books["money_transaction"]), len(books["money_line"])) == (2, 4)
    assert {name for name, *_ in books["guards"]} >= set(guards.RULES)
    with closing(sqlite3.connect(again / "newsroom.sqlite3")) as database, pytest.raises(sqlite3.IntegrityError):
        database.execute("DELETE FROM money_line")
    assert the_books(again) == books
