"""What may stand beside what in a story's column, whatever the story."""

from hypothesis import given
from hypothesis import strategies as st

from masthead.web.composing import Part, compose

KINDS = ["paragraph", "heading", "picture", "pull_quote", "list", "embed", "read_on"]
BETWEEN = {"ask", "slot", "readon"}

kinds = st.lists(st.sampled_from(["paragraph", "paragraph", "paragraph", *KINDS]), max_size=30)
places = st.lists(
    st.fixed_dictionaries(
        {
            "after": st.integers(-2, 32),
            "kinds": st.lists(st.sampled_from(["appeal", "advert", "read_on"]), min_size=1, max_size=3),
        }
    ),
    max_size=20,
)


def composed(kinds, places, **between):
    """The column as words: a block by its kind, anything else by its own."""
    blocks = [f"{number}:{kind}" for number, kind in enumerate(kinds)]
    return compose(blocks, kinds, places, **between)


def kind_of(part: Part) -> str:
    """What stands there; an editor's Read on is a Read on like another."""
    if part.kind != "block":
        return part.kind
    kind = part.data.partition(":")[2]
    return "readon" if kind == "read_on" else kind


@given(kinds, places, st.integers(0, 4), st.booleans(), st.booleans())
def test_whatever_the_story_nothing_stands_beside_what_it_must_not(kinds, places, slots, ask, read_on):
    parts = composed(
        kinds, places, ask="ask" if ask else None, slots=list(range(slots)), read_on="next" if read_on else None
    )

    column = [kind_of(part) for part in parts]
    assert [part.data for part in parts if part.kind == "block"] == [f"{n}:{kind}" for n, kind in enumerate(kinds)]
    assert [part.data for part in parts if part.kind == "slot"] == list(range(column.count("slot")))
    for index, kind in enumerate(column):
        if kind in ("ask", "slot"):
            assert (column[index - 1 : index], column[index + 1 : index + 2]) == (["paragraph"], ["paragraph"])
    own = [index for index, part in enumerate(parts) if part.kind != "block"]
    for index, part in enumerate(parts):
        if kind_of(part) in BETWEEN:
            for other in own:
                if other != index:
                    low, high = sorted((index, other))
                    assert "paragraph" in column[low + 1 : high]


def test_each_stands_where_the_newsroom_has_room_for_it():
    story = ["paragraph"] * 8

    parts = composed(
        story,
        [
            {"after": 1, "kinds": ["advert"]},
            {"after": 3, "kinds": ["appeal"]},
            {"after": 4, "kinds": ["read_on"]},
            {"after": 6, "kinds": ["advert"]},
        ],
        ask="Support us",
        slots=["story-1", "story-2", "story-3"],
        read_on="next",
    )

    column = [part.data for part in parts if part.kind != "block"]
    assert column == ["story-1", "Support us", "next", "story-2"]
    assert [kind_of(part) for part in parts].index("ask") == 5


def test_the_editors_read_on_replaces_the_automatic_one():
    parts = composed(["paragraph", "read_on", "paragraph"], [], read_on="automatic")

    assert [kind_of(part) for part in parts] == ["paragraph", "readon", "paragraph"]


def test_a_short_story_ends_with_its_read_on():
    parts = composed(["paragraph", "picture"], [], read_on="next", slots=["story-1"], ask="Support us")

    assert [kind_of(part) for part in parts] == ["paragraph", "picture", "readon"]


def test_a_supporters_story_is_its_blocks_and_the_read_on():
    room = [{"after": 0, "kinds": ["advert", "appeal"]}, {"after": 2, "kinds": ["read_on"]}]

    parts = composed(["paragraph"] * 4, room, read_on="next")

    assert [kind_of(part) for part in parts] == ["paragraph", "paragraph", "paragraph", "readon", "paragraph"]
