"""The front page, made up of what the newsroom chose."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from masthead.newsroom.front import FrontItems, SectionRow
from masthead.newsroom.models import Picture, SectionPage, StoryPage
from masthead.web import front

SECTIONS = [
    SectionPage(pk=number, content_type_id=1, title=f"Section {number}", slug=f"section-{number}")
    for number in range(1, 7)
]


def a_piece(pk: int, section: int, picture: int | None) -> StoryPage:
    piece = StoryPage(
        pk=pk,
        content_type_id=1,
        title=f"Story {pk}",
        slug=f"story-{pk}",
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    piece.section = SECTIONS[section]
    piece.lead_picture = Picture(pk=picture, collection_id=1, alt="A pier", credit_who="Ada") if picture else None
    piece.bylines = []
    return piece


PIECES = st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 12))), max_size=45)


def shown(page: front.Front) -> list:
    columns = [item for column in page.row for item in column.stories]
    bands = [
        item for band in page.bands for item in [band.first, *(each for column in band.columns for each in column)]
    ]
    more = [item for section in page.more for item in section.stories]
    return [*([page.lead] if page.lead else []), *page.beside, *columns, *bands, *more]


@given(facts=PIECES)
def test_no_story_and_no_picture_stands_twice(facts):
    pieces = [a_piece(pk, section, picture) for pk, (section, picture) in enumerate(facts, start=1)]
    files = {pk: {"src": "/a.jpg", "width": 900, "height": 600, "srcset": {}} for pk in range(1, 13)}
    rows = [SectionRow(section, [piece for piece in pieces[21:] if piece.section is section]) for section in SECTIONS]
    chosen = FrontItems(pieces[0] if pieces else None, pieces[1:9], pieces[9:21], rows, [], files)

    items = shown(front.make_up(chosen))

    stories = Counter(item.piece.pk for item in items)
    pictures = Counter(item.picture.picture.pk for item in items if item.picture)
    assert [pk for pk, times in [*stories.items(), *pictures.items()] if times > 1] == []
    assert (pieces[0].pk == items[0].piece.pk) if pieces else items == []


def test_what_people_said_is_shown_with_who_said_it():
    body = [
        {"type": "pull_quote", "value": {"text": "Nobody asked.", "who": ""}},
        {"type": "pull_quote", "value": {"text": "“It is a sandwich a week.”", "who": "Jo Tamworth"}},
    ]
    story = SimpleNamespace(body=SimpleNamespace(raw_data=body), path_now="/harbour/2026/11/01/levy/")

    assert front.voices_in([story]) == [
        front.Voice("It is a sandwich a week.", "Jo Tamworth", "/harbour/2026/11/01/levy/")
    ]
