"""Jobs that only tests enqueue: they write what they did into the newsroom's folder."""

import os
import time
from pathlib import Path

from django.db import connection
from django_tasks_db.models import DBTaskResult

from masthead.core import config
from masthead.core.jobs import job


def notes() -> Path:
    return config.load().home / "notes"


@job(queue="now")
def note(word: str) -> None:
    """Write down that it ran, and in which process."""
    with notes().open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


@job(queue="now")
def hang_once(word: str) -> None:
    """Hang the first time that it runs, so that it can be killed in the middle."""
    first = not notes().exists()
    note(word)
    if first:
        time.sleep(60)


@job(queue="now")
def spoil_the_note_once(word: str) -> None:
    """The first time that it runs, let the database refuse to note that anything succeeded."""
    first = not notes().exists()
    note(word)
    table = DBTaskResult._meta.db_table
    with connection.cursor() as cursor:
        if first:
            cursor.execute(
                f"CREATE TRIGGER spoilt BEFORE UPDATE ON {table} WHEN NEW.status = 'SUCCESSFUL' "
                "BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
            )
        else:
            cursor.execute("DROP TRIGGER spoilt")
