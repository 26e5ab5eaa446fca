"""Clicks are counted as totals, where a list asks for it, and nobody is followed."""

import re

import pytest
from wagtail.rich_text import RichText

from masthead.letters.models import Link
from tests.letters.servers import MailServer
from tests.worlds.letters_issues import a_draft
from tests.worlds.letters_lists import WEEK, on_list, the
from tests.worlds.letters_sending import sends_through, sent
from tests.worlds.rooms import browser

pytestmark = pytest.mark.django_db

BODY = [("paragraph", RichText('<p>See <a href="https://council.example/tide?a=1&amp;b=2">the minutes</a>.</p>'))]
GO = re.compile(r'href="http://[^/]+(/letters/go/[^"/]+/)"')


@pytest.fixture
def server():
    made = MailServer()
    with sends_through(made):
        yield made
    made.close()


def html_to(server: MailServer, who: str) -> str:
    [message] = server.to(who)
    return message.get_body(("html",)).get_content()


def counting() -> None:
    week = the(WEEK)
    week.counts_clicks = True
    week.save()


def test_by_default_nothing_is_counted(server):
    on_list("ada@example.org")

    sent(a_draft(BODY))

    assert "https://council.example/tide?a=1&amp;b=2" in html_to(server, "ada@example.org")
    assert not Link.objects.exists()


def test_a_link_counts_and_leads_where_the_letter_said(server):
    counting()
    on_list("ada@example.org")
    on_list("bo@example.org")

    sent(a_draft(BODY))
    link = Link.objects.get(address="https://council.example/tide?a=1&b=2")
    ways = [set(GO.findall(html_to(server, f"{who}@example.org"))) for who in ("ada", "bo")]
    answers = [browser().get(f"/letters/go/{link.key}/") for _ in range(3)]

    assert ways[0] == ways[1]
    assert f"/letters/go/{link.key}/" in ways[0]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, link.address)}
    assert [answer.cookies for answer in answers] == [{}, {}, {}]
    link.refresh_from_db()
    assert link.clicks == 3


def test_the_ways_out_of_a_list_and_the_text_part_are_not_counted(server):
    counting()
    on_list("ada@example.org")

    sent(a_draft(BODY))

    [message] = server.to("ada@example.org")
    assert "https://council.example/tide?a=1&b=2" in message.get_body(("plain",)).get_content()
    assert "/letters/unsubscribe/" in html_to(server, "ada@example.org")
    assert not [link for link in Link.objects.all() if "unsubscribe" in link.address or "choose" in link.address]


def test_a_link_that_no_letter_has_leads_nowhere():
    assert browser().get("/letters/go/https:evil.example/").status_code == 404
    assert browser().post("/letters/go/x/").status_code == 405
