"""Mails: well-formed whatever is written, nothing from another host, no appeal for supporters, a text that says all."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from defusedxml import ElementTree
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.rich_text import RichText

from masthead.core.refusals import Refusal
from masthead.letters import rendering
from masthead.letters.models import Issue
from masthead.letters.rendering import ONLINE, PREFERENCES, UNSUBSCRIBE
from masthead.newsroom import words as rich
from masthead.newsroom.models import Paper
from masthead.web.letters import markup
from tests.worlds import asks, newsroom
from tests.worlds import letters_issues as world

pytestmark = pytest.mark.django_db

OURS = urlsplit(settings.SITE_ADDRESS).netloc
FETCHED = {"src", "srcset", "background", "poster", "data", "action"}


class Mail(HTMLParser):
    """What a mail program would fetch by itself, which links it has, and whether its tags are in pairs."""

    EMPTY = ("meta", "img", "br", "link", "hr", "input", "base", "col")

    def __init__(self, html):
        super().__init__()
        self.fetched, self.links, self.pictures, self.open, self.wrong = [], [], [], [], []
        self.feed(html)
        self.fetched += re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]?([^'\";]+)", html)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.fetched += [facts[name] for name in FETCHED & set(facts)]
        if tag == "link":
            self.fetched.append(facts.get("href", ""))
        if tag == "a":
            self.links.append(facts.get("href"))
        if tag == "img":
            self.pictures.append(facts)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag in self.EMPTY:
            self.handle_starttag(tag, attrs)
        else:
            self.wrong.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def rendered(body, edition="public", **fields):
    """A draft's mail, drawn without being saved where the database has nothing to add."""
    issue = Issue(list=world.the_list(), slug="x", subject="A letter", headline="A headline", body=body, **fields)
    return rendering.render(issue, edition)


MARKS = st.sampled_from(
    ["b", "i", "a", "br", "p", "u", "img", "script", "style", "div", "table", "mj-text", "mj-raw", "h1", "svg"]
)
ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["&", "&amp;", "&nbsp;", "&#8217;", "&#x0;", "&bogus;", "<", ">", "\x0b", "\x00", "]]>", "--", "<!--"]
    ),
    st.builds("<{}>".format, MARKS),
    st.builds("</{}>".format, MARKS),
    st.builds("<{}/>".format, MARKS),
    st.builds(
        '<a href="{}">'.format, st.sampled_from(["/x/?a=1&b=2", "https://elsewhere.example/", "javascript:1", '"'])
    ),
    st.builds('<img src="https://tracker.example/{}.gif">'.format, st.integers(0, 9)),
    st.just('<p style="background:url(https://tracker.example/x.png)">'),
    st.just("<style>@import 'https://fonts.example/x.css';</style>"),
)
RICH = st.lists(ODD, min_size=1, max_size=12).map("".join)
PLAIN = st.text(max_size=40)
BLOCK = st.one_of(
    st.builds(lambda html: ("paragraph", RichText(f"<p>{html}</p>")), RICH),
    st.builds(lambda text: ("heading", text), PLAIN),
    st.builds(
        lambda ordered, points: ("list", {"ordered": ordered, "items": [RichText(point) for point in points]}),
        st.booleans(),
        st.lists(RICH, min_size=1, max_size=3),
    ),
    st.builds(lambda head, html: ("appeal", {"headline": head, "words": RichText(html)}), PLAIN, RICH),
)


@given(body=st.lists(BLOCK, max_size=5), headline=PLAIN, preheader=PLAIN, edition=st.sampled_from(rendering.EDITIONS))
@hypothesis_settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_a_mail_is_whole_and_fetches_nothing_from_elsewhere(body, headline, preheader, edition):
    mail = Mail(rendered(body, edition, preheader=preheader).html)

    assert mail.wrong == []
    assert mail.open == []
    assert [address for address in mail.fetched if urlsplit(str(address)).netloc not in ("", OURS)] == []


@given(html=RICH)
@hypothesis_settings(deadline=None, max_examples=300)
def test_rich_text_becomes_well_formed_markup_and_loses_no_word(html):
    clean = rich.html(RichText(f"<p>{html}</p>"))

    written = markup.xhtml(clean, link="color:#000")

    root = ElementTree.fromstring(f"<div>{written}</div>")
    said = [word for text in root.itertext() for word in text.split()]
    spoken = markup.words_and_links(clean)
    assert [word for word in said if word not in spoken] == []


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ('<a href="/x/?a=1&amp;b=2">x</a>', f'<a style="c" href="{settings.SITE_ADDRESS}/x/?a=1&amp;b=2">x</a>'),
        ("<p>a<br>b</p>", '<p style="margin:0">a<br/>b</p>'),
        ("<p>fish & chips</p>", '<p style="margin:0">fish &amp; chips</p>'),
        ("<p>a&nbsp;b</p>", '<p style="margin:0">a\xa0b</p>'),
        ("<p><b>never closed</p>", '<p style="margin:0"><b>never closed</b></p>'),
    ],
    ids=["an address of ours", "an open br", "a bare ampersand", "a name that XML does not know", "an open b"],
)  # fmt: skip
def test_odd_rich_text_is_mended(html, written):
    assert markup.xhtml(html, link="c") == written


def test_a_letter_has_its_own_font_its_language_and_both_schemes():
    html = rendered([world.words("Hello.")]).html

    assert "googleapis" not in html
    assert "font-family:Georgia" in html
    assert 'lang="en-GB"' in html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width:600px" in html


def test_each_picture_has_its_words_its_credit_and_an_address_of_ours():
    picture = newsroom.a_picture(made=True, caption="The pier at six.")
    story = newsroom.a_story("With a picture", lead_picture=picture)
    body = [newsroom.a_picture_block(picture), world.stories(story, shows="pictures")]

    mail = rendered(body)
    pictures = Mail(mail.html).pictures

    assert [shown["alt"] for shown in pictures] == ["A wooden pier over calm water"] * 2
    assert all(shown["src"].startswith(f"{settings.SITE_ADDRESS}/media/") for shown in pictures)
    assert "Paul Carmona / Unsplash" in mail.html
    said = " ".join(mail.text.split())
    assert "[Picture: A wooden pier over calm water The pier at six. Paul Carmona / Unsplash]" in said


@pytest.mark.parametrize("own_words", [True, False], ids=["the letter's own", "the site's"])
def test_supporters_get_no_byte_of_an_appeal(own_words):
    asks.appeal()
    appeal = (
        world.an_appeal("Free because others pay") if own_words else ("appeal", {"headline": "", "words": RichText("")})
    )
    body = [world.words("Hello."), appeal]
    of_the_appeal = ("Free because others pay" if own_words else "A town this size", "/support/", "ad-free")

    public, supporter = (rendered(body, edition) for edition in rendering.EDITIONS)

    for said in of_the_appeal:
        assert said in public.html
        assert said in public.text
        assert said not in supporter.html
        assert said not in supporter.text


def test_the_marks_stand_in_both_parts():
    mail = rendered([world.words("Hello.")])

    for mark in (UNSUBSCRIBE, PREFERENCES, ONLINE):
        assert mark in mail.html
        assert mark in mail.text
    assert Mail(mail.html).links[-3:] == [UNSUBSCRIBE, PREFERENCES, ONLINE]


def test_the_text_has_all_words_and_all_links():
    story = newsroom.a_story("Four winters left", standfirst="What the divers found.")
    body = [
        world.words('The report is <a href="https://example.org/report?a=1&amp;b=2">here</a>, all of it.'),
        ("heading", "What you may have missed"),
        ("list", {"ordered": True, "items": [RichText("<p>The first</p>"), RichText("<p>The second</p>")]}),
        world.stories(story, between="Look at this:"),
        world.an_appeal("Free because others pay", "<p>Join <b>them</b>.</p>"),
    ]

    text = rendered(body, preheader="Behind it").text

    for said in (
        "The report is here (https://example.org/report?a=1&b=2), all of it.",
        "What you may have missed\n------------------------",
        "1. The first\n2. The second",
        f"Look at this:\n\nFour winters left\nWhat the divers found.\n{settings.SITE_ADDRESS}{story.path_now}",
        "Free because others pay\n-----------------------\n\nJoin them.",
        "We don’t track whether you open it.",
    ):
        assert said in text
    assert "<" not in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("11 Customs Row, Haverness.", "The Courier, 11 Customs Row, Haverness. We"),
        ("The Courier, 11 Customs Row", "The Courier, 11 Customs Row. We"),
        ("", "The Courier. We"),
    ],
    ids=["an address", "one that begins with the name", "none yet"],
)
def test_each_copy_says_who_sent_it_and_from_where(address, said):
    Paper.objects.update(name="The Courier", postal_address=address)

    mail = rendered([world.words("Hello.")])

    assert said in mail.html
    assert said in mail.text


def test_words_that_stand_bare_become_a_paragraph():
    story = newsroom.a_story("Four winters left")
    body = [("paragraph", RichText("Bare words.")), world.stories(story)]
    body[1][1]["picks"][0]["words"] = RichText("Bare <b>words</b> before it.")

    html = rendered(body).html

    assert '<p style="margin:0">Bare words.</p>' in html
    assert '<p style="margin:0">Bare <b>words</b> before it.</p>' in html


def test_figures_are_filled_in_the_subject_and_everywhere_else():
    newsroom.a_story()
    body = [world.words("We wrote {stories this year}.")]

    issue = world.a_draft(body, subject="{stories this year} so far", preheader="All {stories this year}")
    mail = rendering.render(issue, "public")

    assert mail.subject == "one so far"
    assert "We wrote one." in mail.text
    assert "All one" in mail.html
    assert "{" not in mail.text


def test_a_mail_that_would_be_cut_off_is_refused():
    with pytest.raises(Refusal) as refusal:
        rendered([world.words(newsroom.SENTENCE * 1100)])

    assert "over 100 KB" in refusal.value.for_people


def test_a_mail_costs_the_same_for_many_stories(django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    picture = newsroom.a_picture(made=True)
    pieces = [newsroom.a_story(f"Story {number}", lead_picture=picture) for number in range(9)]
    few, many = (Issue.objects.get(pk=world.a_draft([world.stories(*some)]).pk) for some in (pieces[:2], pieces))

    with CaptureQueriesContext(connection) as asked:
        rendering.render(few, "supporter")
    with django_assert_num_queries(len(asked)):
        rendering.render(many, "supporter")
