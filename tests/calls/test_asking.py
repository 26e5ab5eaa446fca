"""The pages of questions, as readers use them: without JavaScript, by plain forms."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.calls import questions
from masthead.calls.models import Question
from tests.worlds import readers, rooms

pytestmark = pytest.mark.django_db
PAGE = "/calls/october/questions/"


def test_a_supporter_asks_and_votes_by_forms_and_comes_back_to_where_the_button_was():
    rooms.call()
    browser = rooms.browser(rooms.supporter("Ada"))

    answer = browser.post(PAGE, {"question": "Who owns the pier?", "name": "Ada O.", "back": "1"})
    question = Question.objects.get()
    voted = browser.post(f"{PAGE}{question.pk}/vote/", {"back": "call"})
    page = browser.get(PAGE).content.decode()

    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?page=1#question-{question.pk}")
    assert (voted.status_code, voted["Location"]) == (303, "/calls/october/#questions")
    assert "Who owns the pier?" in page
    assert "Ada O., asked by you" in page
    assert 'aria-pressed="true"' in page

    browser.post(f"{PAGE}{question.pk}/vote/back/", {"back": "1"})
    assert 'aria-pressed="false"' in browser.get(PAGE).content.decode()


def test_what_is_too_long_is_refused_with_what_was_typed():
    rooms.call()
    browser = rooms.browser(rooms.supporter("Ada"))

    answer = browser.post(PAGE, {"question": "pier " * 60, "name": "Ada"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "280 characters; yours has 299" in page
    assert "pier pier pier" in page
    assert "<title>Error: " in page
    assert Question.objects.count() == 0


def test_an_empty_question_is_asked_for_and_the_name_stays():
    rooms.call()

    answer = rooms.browser(rooms.supporter("Ada")).post(PAGE, {"question": " ", "name": "Ada O."})

    assert answer.status_code == 422
    assert "Write your question first" in answer.content.decode()
    assert 'value="Ada O."' in answer.content.decode()


def test_a_visitor_is_told_how_to_take_part_and_sees_no_question():
    call = rooms.call()
    questions.ask(call, rooms.supporter("Ada"), text="Who owns the pier?")

    page = rooms.browser().get(PAGE).content.decode()

    assert "Who owns the pier?" not in page
    assert 'href="/support/"' in page
    assert "/account/sign-in/?next=" in page


def test_a_visitor_who_posts_is_asked_to_sign_in_and_a_reader_without_support_is_refused_kindly():
    call = rooms.call()
    question = questions.ask(call, rooms.supporter("Ada"), text="Who owns the pier?")
    reader = rooms.browser(readers.reader("bob@example.org"))

    visitor = rooms.browser().post(f"{PAGE}{question.pk}/vote/")
    refused = reader.post(PAGE, {"question": "And me?"})

    assert visitor["Location"].startswith("/account/sign-in/?next=")
    assert refused.status_code == 422
    assert "Questions and votes are for supporters" in refused.content.decode()
    question.refresh_from_db()
    assert question.vote_count == 0


def test_an_answer_to_a_form_leads_to_no_other_page():
    call, ada = rooms.call(), rooms.supporter("Ada")
    question = questions.ask(call, ada, text="Who owns the pier?")

    for back in ("https://elsewhere.example/", "//elsewhere.example", "²", "9" * 40):
        answer = rooms.browser(ada).post(f"{PAGE}{question.pk}/vote/", {"back": back})
        assert answer["Location"] == f"{PAGE}?page=1#question-{question.pk}"


def test_a_question_of_another_call_is_not_found_below_this_one():
    ada = rooms.supporter("Ada")
    rooms.call()
    other = questions.ask(rooms.call("january"), ada, text="Who owns the pier?")

    assert rooms.browser(ada).post(f"{PAGE}{other.pk}/vote/").status_code == 404


def test_a_vote_for_a_question_that_has_gone_is_answered_with_those_that_are_there():
    call, ada, bob = rooms.call(), rooms.supporter("Ada"), rooms.supporter("Bob")
    question = questions.ask(call, ada, text="Who owns the pier?")
    questions.ask(call, ada, text="And the levy?")
    questions.take_back(question, ada)

    answer = rooms.browser(bob).post(f"{PAGE}{question.pk}/vote/")

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This question is no longer there: it was taken back or hidden." in page
    assert "And the levy?" in page


def test_getting_a_vote_changes_nothing():
    call, ada = rooms.call(), rooms.supporter("Ada")
    question = questions.ask(call, ada, text="Who owns the pier?")

    assert rooms.browser(ada).get(f"{PAGE}{question.pk}/vote/").status_code == 405
    question.refresh_from_db()
    assert question.vote_count == 0


def test_what_people_write_is_escaped():
    call, ada = rooms.call(), rooms.supporter("Ada")
    questions.ask(call, ada, text="<script>alert(1)</script>", name="<b>Ada</b>")

    page = rooms.browser(ada).get(PAGE).content.decode()

    assert "<script>alert" not in page
    assert "<b>Ada" not in page


def test_the_page_of_questions_costs_the_same_for_one_and_for_twenty(django_assert_num_queries):
    call, people = rooms.call(), [rooms.supporter(f"Reader{number}") for number in range(4)]
    browser = rooms.browser(people[0])
    questions.ask(call, people[0], text="Question?")
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        browser.get(PAGE)
    for number in range(15):
        questions.ask(call, people[1 + number % 3], text=f"Question {number}?")

    with django_assert_num_queries(len(one)):
        page = browser.get(PAGE).content.decode()
    assert len(re.findall(r'id="question-', page)) == 16
