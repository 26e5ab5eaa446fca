"""The command `masthead`, as somebody types it: clear lines, and folders that are ready to serve."""

import shutil
import sqlite3
import stat
from contextlib import closing

import pytest

from tests.conftest import template_database
from tests.ops.test_backup import masthead


@pytest.mark.processes
def test_a_new_newsroom_is_ready_and_checks_well(tmp_path):
    home = tmp_path / "courier"

    made = masthead("new", str(home), "--email", "helen@courier.example", "--password-stdin", said="customs row 11\n")
    looked = masthead("check", home=home)

    assert made.returncode == 0, made.stderr
    assert {path.name for path in home.iterdir()} >= {"masthead.toml", "newsroom.sqlite3", "media", "secrets.env"}
    assert stat.S_IMODE((home / "secrets.env").stat().st_mode) == 0o600
    with sqlite3.connect(home / "newsroom.sqlite3") as database:
        drafts = database.execute("SELECT title FROM wagtailcore_page WHERE NOT live AND depth = 3 ORDER BY path")
        assert [title for (title,) in drafts][:3] == ["Who we are", "Contact", "Privacy"]
    assert "WRONG" not in looked.stdout, looked.stdout
    assert looked.returncode == 0


def test_a_new_newsroom_is_not_made_over_an_old_one(tmp_path):
    (tmp_path / "masthead.toml").write_text("")

    refused = masthead("new", str(tmp_path), "--email", "helen@courier.example", "--password-stdin", said="x" * 12)

    assert refused.returncode == 1
    assert "is not empty" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said", "sentence"),
    [
        (["--email", "helen"], "x" * 12, "'helen' is no e-mail address"),
        (["--email", "helen@courier.example", "--password-stdin"], "short\n", "fewer than 12 characters"),
        (["--email", "helen@courier.example"], "", "use --password-stdin"),
        ([], "", "--email"),
    ],
)
def test_a_first_editor_who_will_not_do_is_refused_before_anything_is_made(tmp_path, words, said, sentence):
    refused = masthead("new", str(tmp_path / "courier"), *words, said=said)

    assert (refused.returncode, (tmp_path / "courier").exists()) == (1, False)
    assert sentence in refused.stderr


def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(tmp_path):
    (tmp_path / "masthead.toml").write_text('time_zone = "Haverness"\n')

    stopped = masthead("serve", home=tmp_path)

    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert "time_zone" in stopped.stderr


def test_a_taken_port_is_said_in_one_line(tmp_path):
    import socket

    (tmp_path / "masthead.toml").write_text("")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (tmp_path / "masthead.toml").write_text(f"port = {port}\n")

        stopped = masthead("serve", home=tmp_path)

    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert f":{port}" in stopped.stderr


@pytest.mark.processes
def test_a_database_without_this_versions_tables_stops_the_start(tmp_path):
    (tmp_path / "masthead.toml").write_text("port = 0\n")

    stopped = masthead("serve", home=tmp_path)

    assert stopped.returncode == 1
    assert "run `masthead manage migrate`" in stopped.stderr


@pytest.mark.processes
def test_books_without_their_guards_stop_the_start(tmp_path):
    (tmp_path / "masthead.toml").write_text("port = 0\n")
    shutil.copy(template_database(), tmp_path / "newsroom.sqlite3")
    with closing(sqlite3.connect(tmp_path / "newsroom.sqlite3")) as database:
        database.execute("DROP TRIGGER money_line_is_not_edited")

    stopped = masthead("serve", home=tmp_path)

    assert stopped.returncode == 1
    assert (
        "Masthead does not start: the books are not guarded: money_line_is_not_edited: "
        "run `masthead manage guard_books`, then start again.\n"
    ) in stopped.stderr


def test_a_demonstration_is_never_made_in_a_folder_of_something_else(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")

    refused = masthead("demo", "--reset", "--folder", str(tmp_path))

    assert (refused.returncode, (tmp_path / "letters.txt").read_text()) == (1, "mine")


def test_a_wrong_word_is_answered_with_the_right_ones():
    wrong = masthead("sreve")

    assert wrong.returncode == 2
    assert "serve" in wrong.stderr
