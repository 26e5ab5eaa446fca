"""Appeals written at the desk, with all three placements in view."""

import pytest

from masthead.appeals.models import Appeal
from tests.worlds.asks import appeal
from tests.worlds.desk import Desk

pytestmark = pytest.mark.django_db

ADD = "/desk/snippets/appeals/appeal/add/"


@pytest.fixture
def editor() -> Desk:
    """A browser of one of the Editors."""
    return Desk("Editors")


def typed(**fields: str) -> dict[str, str]:
    """The form as an editor sends it."""
    words = '{"entityMap": {}, "blocks": [{"key": "a", "text": "For the people who will walk on that pier.", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}]}'  # noqa: E501
    return {
        "name": "Autumn", "live": "on", "starts_at": "", "ends_at": "", "top_line": "Support us and go ad-free",
        "middle_line": "", "headline": "Two thousand people pay for it", "why": words, "signed": "", "again": "",
        "money": "", "aims": "", **fields,
    }  # fmt: skip


def test_an_editor_writes_an_appeal(editor):
    answer = editor.post(ADD, typed())

    assert answer.status_code == 302
    assert Appeal.objects.get().headline == "Two thousand people pay for it"


def test_an_unknown_fill_in_is_refused_at_its_field_and_what_was_typed_stays(editor):
    answer = editor.post(ADD, typed(headline="Read by {moonlight}"))

    page = answer.content.decode()
    assert "Nobody fills in {moonlight}" in page
    assert 'value="Read by {moonlight}"' in page
    assert not Appeal.objects.exists()


def test_the_preview_shows_all_three_while_it_is_being_written(editor):
    editor.get(ADD)
    editor.post("/desk/snippets/appeals/appeal/preview/", typed(middle_line="Keep us going"))

    page = editor.get("/desk/snippets/appeals/appeal/preview/").content.decode()

    assert [f'data-appeal="{placement}"' in page for placement in ("top", "middle", "end")] == [True] * 3
    assert "Two thousand people pay for it" in page
    assert "For the people who will walk on that pier." in page


def test_the_list_is_searched_filtered_and_exported(editor):
    appeal("Autumn", headline="The pier")
    appeal("Spring", headline="The library", live=False)

    found = editor.get("/desk/snippets/appeals/appeal/?q=library").content.decode()
    standing = editor.get("/desk/snippets/appeals/appeal/?live=true").content.decode()
    exported = editor.get("/desk/snippets/appeals/appeal/?export=csv")
    lines = b"".join(exported.streaming_content).decode().splitlines()

    assert ("Spring" in found, "Autumn" in found) == (True, False)
    assert ("Spring" in standing, "Autumn" in standing) == (False, True)
    assert len(lines) == 3
