"""Questions beforehand: who may ask and vote, how they are ordered, and what the host does with them."""

import pytest

from masthead.calls import questions
from masthead.calls.models import LONGEST_QUESTION, Call, Question, QuestionState, Vote
from masthead.core.limits import LIMITS, TooMany
from masthead.core.models import AuditRecord
from tests.worlds import readers, rooms

pytestmark = pytest.mark.django_db


def asked(call: Call, who, text: str, **more) -> Question:
    return questions.ask(call, who, text=text, name=who.name, **more)


def texts(listing: questions.Listing | None) -> list[tuple[str, int]]:
    assert listing is not None
    return [(question.text, question.votes) for question in listing.questions]


# --- asking --------------------------------------------------------------------------------------------------


def test_a_supporter_asks_under_a_name_or_without_one():
    call, ada = rooms.call(), rooms.supporter("Ada")

    asked(call, ada, "Who owns   the pier?\n")
    asked(call, ada, "What was your worst mistake?", anonymously=True)

    shown = questions.listed(call, ada).questions
    assert [(question.text, question.name) for question in shown] == [
        ("Who owns the pier?", "Ada"),
        ("What was your worst mistake?", ""),
    ]
    call.refresh_from_db()
    assert call.asked_count == 2


def test_only_a_supporter_asks_votes_and_sees_the_questions():
    call, ada, stranger = rooms.call(), rooms.supporter("Ada"), readers.reader("bob@example.org")
    question = asked(call, ada, "Who owns the pier?")

    with pytest.raises(questions.NotForYou):
        asked(call, stranger, "And me?")
    with pytest.raises(questions.NotForYou):
        questions.vote(question, stranger)

    assert questions.listed(call, stranger) is None
    assert questions.listed(call, None) is None
    assert Question.objects.count() == 1
    assert Vote.objects.count() == 0


def test_who_stops_supporting_can_neither_ask_nor_vote_from_then_on():
    call, ada = rooms.call(), rooms.supporter("Ada")
    question = asked(call, ada, "Who owns the pier?")

    rooms.ends_support(ada)

    with pytest.raises(questions.NotForYou):
        asked(call, ada, "Another?")
    with pytest.raises(questions.NotForYou):
        questions.vote(question, ada)


def test_280_characters_are_taken_and_281_refused_with_the_length_said():
    call, ada = rooms.call(), rooms.supporter("Ada")

    kept = asked(call, ada, "é" * LONGEST_QUESTION)
    with pytest.raises(questions.TooLong) as refusal:
        asked(call, ada, "é" * (LONGEST_QUESTION + 1))

    assert len(kept.text) == 280
    assert "281" in refusal.value.for_people


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u202e\u200b"])
def test_an_empty_question_is_refused(nothing):
    call, ada = rooms.call(), rooms.supporter("Ada")

    with pytest.raises(questions.NothingAsked):
        asked(call, ada, nothing)


def test_marks_that_turn_text_round_are_left_out_and_those_that_languages_need_stay():
    assert questions.in_one_line("abc\u202edef \u200b می\u200cخواهم") == "abcdef می\u200cخواهم"


def test_the_same_question_twice_is_one():
    call, ada = rooms.call(), rooms.supporter("Ada")

    first, second = asked(call, ada, "Who owns the pier?"), asked(call, ada, "Who owns  the pier?")

    assert first.pk == second.pk
    call.refresh_from_db()
    assert call.asked_count == 1


def test_one_reader_can_send_five_and_take_one_back_for_another():
    call, ada = rooms.call(), rooms.supporter("Ada")
    sent = [asked(call, ada, f"Question {number}?") for number in range(5)]

    with pytest.raises(questions.AskedEnough):
        asked(call, ada, "A sixth?")
    questions.take_back(sent[0], ada)
    asked(call, ada, "A sixth?")

    call.refresh_from_db()
    assert call.asked_count == 5
    assert not Question.objects.filter(text="Question 0?").exists()


def test_asking_again_and_again_is_limited(clock):
    ada = rooms.supporter("Ada")
    call, limit = rooms.call(), LIMITS[questions.ASKED_BY_READER]
    clock.forward(seconds=limit.per + 5 - round(clock.now().timestamp()) % limit.per)  # a window has just begun

    for number in range(limit.times):
        questions.take_back(asked(call, ada, f"Question {number}?"), ada)

    with pytest.raises(TooMany):
        asked(call, ada, "One more?")


def test_nobody_takes_back_the_question_of_another_or_one_that_was_answered():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    question = asked(call, ada, "Who owns the pier?")

    with pytest.raises(questions.NotYours):
        questions.take_back(question, bob)
    questions.mark_answered(question, by=rooms.STAFF)
    with pytest.raises(questions.NotYours):
        questions.take_back(question, ada)


def test_a_call_that_is_over_takes_no_questions_and_no_votes(clock):
    call, ada = rooms.call(), rooms.supporter("Ada")
    question = asked(call, ada, "Who owns the pier?")

    clock.forward(hours=26)

    with pytest.raises(questions.QuestionsClosed):
        asked(call, ada, "Too late?")
    with pytest.raises(questions.QuestionsClosed):
        questions.vote(question, ada)
    assert questions.listed(call, ada).is_open is False


def test_what_was_taken_back_is_neither_voted_for_nor_answered_nor_hidden():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    question = asked(call, ada, "Who owns the pier?")
    questions.take_back(Question.objects.get(), ada)

    for act in (
        lambda: questions.vote(question, bob),
        lambda: questions.mark_answered(question, by=rooms.STAFF),
        lambda: questions.hide(question, why="Twice", by=rooms.STAFF),
    ):
        with pytest.raises(questions.Gone):
            act()
    questions.take_back_vote(question, bob)

    assert [Vote.objects.count(), AuditRecord.objects.filter(action__startswith="question.").count()] == [0, 0]


# --- votes ---------------------------------------------------------------------------------------------------


def test_each_reader_has_one_vote_a_question_and_can_take_it_back():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    pier, levy = asked(call, ada, "The pier?"), asked(call, ada, "The levy?")

    questions.vote(levy, ada)
    questions.vote(levy, ada)
    questions.vote(levy, bob)
    questions.vote(pier, bob)
    questions.take_back_vote(pier, bob)
    questions.take_back_vote(pier, bob)

    assert texts(questions.listed(call, ada)) == [("The levy?", 2), ("The pier?", 0)]
    assert [question.voted for question in questions.listed(call, bob).questions] == [True, False]


def test_pages_of_questions_go_by_votes_and_cost_the_same(django_assert_num_queries):
    call, people = rooms.call(), [rooms.supporter(f"Reader{number}") for number in range(5)]
    for number in range(25):
        question = asked(call, people[number % 5], f"Question {number:02}?")
        for voter in people[: number % 5]:
            questions.vote(question, voter)

    with django_assert_num_queries(4):
        first = questions.listed(call, people[0], 1)
    with django_assert_num_queries(4):
        beyond = questions.listed(call, people[0], 99)

    assert [first.number, first.pages, first.total, len(first.questions)] == [1, 2, 25, 20]
    assert [question.votes for question in first.questions] == sorted(
        [question.votes for question in first.questions], reverse=True
    )
    assert [beyond.number, len(beyond.questions)] == [2, 5]
    assert {question.pk for question in first.questions} & {question.pk for question in beyond.questions} == set()


# --- the host ------------------------------------------------------------------------------------------------


def waiting(call: Call) -> list[str]:
    return [question.text for question in questions.for_host(call)]


def test_the_host_orders_by_hand_and_what_comes_later_follows_by_votes():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    first, second, third = (asked(call, ada, text) for text in ("One?", "Two?", "Three?"))
    questions.vote(third, ada)
    assert waiting(call) == ["Three?", "One?", "Two?"]

    questions.move(second, up=True, by=rooms.STAFF)
    questions.vote(asked(call, bob, "Four?"), bob)
    questions.vote(first, bob)

    assert waiting(call) == ["Three?", "Two?", "One?", "Four?"]
    questions.order(call, [], by=rooms.STAFF)
    assert waiting(call)[-1] == "Two?"


def test_an_end_of_the_list_is_moved_no_further():
    call, ada = rooms.call(), rooms.supporter("Ada")
    first, last = asked(call, ada, "One?"), asked(call, ada, "Two?")

    questions.move(first, up=True, by=rooms.STAFF)
    questions.move(last, up=False, by=rooms.STAFF)

    assert waiting(call) == ["One?", "Two?"]


def test_an_answered_question_keeps_the_second_of_the_call_and_leaves_the_list(clock):
    call, ada = rooms.call(in_hours=1), rooms.supporter("Ada")
    question = asked(call, ada, "Who owns the pier?")
    clock.forward(hours=1, minutes=12)

    questions.mark_answered(question, by=rooms.STAFF)

    question.refresh_from_db()
    assert question.state == QuestionState.ANSWERED
    assert 720 <= question.second < 725
    assert waiting(call) == []
    assert questions.listed(call, ada).questions[0].is_answered

    questions.put_back(question, by=rooms.STAFF)
    assert waiting(call) == ["Who owns the pier?"]


def test_a_hidden_question_is_seen_by_whoever_asked_alone_with_the_reason():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    question = asked(call, ada, "Is Mr Hale a thief?")

    with pytest.raises(questions.NoReason):
        questions.hide(question, why="  ", by=rooms.STAFF)
    questions.hide(question, why="It accuses somebody by name.", by=rooms.STAFF)

    assert questions.listed(call, bob).questions == []
    assert [row.hidden_why for row in questions.listed(call, ada).questions] == ["It accuses somebody by name."]
    assert waiting(call) == []
    assert "thief" not in str(list(AuditRecord.objects.values_list("facts", flat=True)))
