"""What several people do at the same moment: real threads, each with a connection of its own, on rows that are kept."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from masthead.calls import questions, seats
from masthead.calls.models import Call, Vote
from masthead.core.models import AuditRecord, Hit, Message
from masthead.membership.models import Grant
from masthead.press.models import Change
from masthead.readers.models import Reader
from tests.worlds import calls, rooms

MADE = (Call, Grant, Message, DBTaskResult, AuditRecord, Hit, Change, Reader)


@pytest.fixture(autouse=True)
def _rows_that_others_see(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads see only what is committed; what these tests made is deleted, since the books can't be emptied."""
    with django_db_blocker.unblock():
        yield
        for model in MADE:
            model.objects.all().delete()
        connection.close()


def at_once(*acts: Any) -> list[BaseException]:
    """Do all of these in threads with a connection each; the errors that they ended with."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            ready.wait()
            act()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_twelve_who_press_at_the_same_moment_get_the_four_seats_and_eight_wait():
    call = rooms.call(capacity=4)
    people = calls.supporters(12)

    wrong = at_once(*(lambda reader=reader: seats.reserve(call, reader) for reader in people))

    call.refresh_from_db()
    assert wrong == []
    assert sorted(calls.states(call).values()) == ["reserved"] * 4 + ["waiting"] * 8
    assert call.reserved_count == 4
    assert Message.objects.filter(key__startswith="call:").count() == 12


def test_one_who_presses_six_times_at_the_same_moment_gets_one_seat():
    call, (reader,) = rooms.call(), calls.supporters(1)

    wrong = at_once(*(lambda: seats.reserve(call, reader) for _ in range(6)))

    call.refresh_from_db()
    assert (wrong, calls.states(call), call.reserved_count) == ([], {"Reader0": "reserved"}, 1)
    assert calls.kinds_of_mail(reader) == ["reserved"]


def test_seats_given_back_and_asked_for_at_the_same_moment_go_to_the_line():
    call = rooms.call(capacity=3)
    people = calls.supporters(9)
    held = [seats.reserve(call, reader) for reader in people[:6]]

    wrong = at_once(
        *(lambda seat=seat: seats.give_back(seat) for seat in held[:3]),
        *(lambda reader=reader: seats.reserve(call, reader) for reader in people[6:]),
    )

    call.refresh_from_db()
    now = calls.states(call)
    assert wrong == []
    assert [now[f"Reader{number}"] for number in range(6)] == ["given_back"] * 3 + ["reserved"] * 3
    assert [now[f"Reader{number}"] for number in range(6, 9)] == ["waiting"] * 3
    assert call.reserved_count == 3


def test_votes_that_come_at_once_are_each_counted_once():
    call, people = rooms.call(), calls.supporters(4)
    question = questions.ask(call, people[0], text="The pier?", name="Ada")

    wrong = at_once(*(lambda reader=reader: questions.vote(question, reader) for reader in people * 2))

    question.refresh_from_db()
    assert wrong == []
    assert [question.vote_count, Vote.objects.count()] == [4, 4]


def test_a_question_taken_back_while_others_vote_leaves_no_vote_behind():
    call, people = rooms.call(), calls.supporters(5)
    for number in range(4):
        question = questions.ask(call, people[0], text=f"The pier, {number}?", name="Ada")

        wrong = at_once(
            lambda question=question: questions.take_back(question, people[0]),
            *(lambda reader=reader, question=question: questions.vote(question, reader) for reader in people[1:]),
        )

        assert {type(each) for each in wrong} <= {questions.Gone}
    assert [Vote.objects.count(), Call.objects.get().asked_count] == [0, 0]
