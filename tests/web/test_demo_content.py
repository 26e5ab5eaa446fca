"""The invented paper's content, before it is loaded: that it is whole, enough, light, and credited in its own files."""

from collections import Counter

import pytest

from masthead.newsroom import films
from masthead.newsroom.pictures import metadata
from masthead.web.demo import CONTENT, loading
from tools.demo import check

PAPER = loading.read("paper.toml")
STORIES, FILMS = loading.folder("stories"), loading.folder("films")
PICTURES = loading.read("pictures.toml")["pictures"]
MOST_OCTETS_OF_A_FILM = 1024 * 1024


def test_nothing_in_it_is_missing_or_leads_nowhere():
    assert list(check.faults()) == []


def test_there_is_enough_of_everything():
    running = Counter(story["chain"] for story in STORIES if "chain" in story)

    assert len(STORIES) >= 40
    assert (len(FILMS), len(PAPER["sections"]), len(PAPER["people"])) == (4, 6, 5)
    assert {story["section"] for story in STORIES} == {section["slug"] for section in PAPER["sections"]}
    assert running.most_common(1)[0][1] >= 3
    assert len({month["back"] for month in loading.read("books.toml")["months"]}) == 18


@pytest.mark.parametrize("facts", FILMS, ids=lambda facts: facts["slug"])
def test_a_film_is_light_captioned_and_written_out(facts):
    film, captions = CONTENT / facts["file"], CONTENT / facts["captions"]

    with captions.open("rb") as file:
        file.size = captions.stat().st_size
        films.is_captions(file)
    assert film.stat().st_size <= MOST_OCTETS_OF_A_FILM
    assert "-->" in captions.read_text()
    assert len(facts["transcript"].split()) >= 30


@pytest.mark.parametrize("facts", PICTURES, ids=lambda facts: facts["slug"])
def test_a_picture_bears_in_its_own_file_who_made_it(facts):
    with (CONTENT / facts["file"]).open("rb") as file:
        found = metadata.read(file)

    assert (found.credit_who, found.credit_agency) == (facts["credit"], facts.get("agency", ""))
    assert {"iptc", "xmp"} <= set(found.raw), "a picture desk may read either"


def test_nothing_on_the_front_page_is_there_twice():
    front = [facts for facts in [*STORIES, *FILMS] if facts.get("front_rank")]
    shown = [facts.get("lead_picture") or facts.get("poster") for facts in front]

    assert len({facts["front_rank"] for facts in front}) == len(front)
    assert [picture for picture, times in Counter(shown).items() if picture and times > 1] == []
