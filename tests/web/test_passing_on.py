"""What other sites and machines learn of a page."""

import json
import os
import re
from pathlib import Path

import pytest
from django.test import Client

from masthead.core import clock
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction
from tests.worlds import newsroom

pytestmark = pytest.mark.django_db


def page(path: str) -> str:
    return Client().get(path).content.decode()


def data(path: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page(path))[1])


def meta(path: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="([\w:]+)" content="([^"]*)">', page(path)))


def a_full_story():
    picture = newsroom.a_picture(made=True, caption="The pier", rights_page="https://example.org/rights")
    people = [newsroom.a_person("Ada Obi"), "Jo Guest"]
    story = newsroom.a_story(
        lead_picture=picture, by=people, topics=["ferry"], standfirst="It is so.", dateline="HAVERNESS"
    )
    story.corrections = [Correction(text="Seven, not nine.", corrected_at=clock.now())]
    return publishing.publish(story)


def test_a_story_is_a_news_article_with_authors_credits_and_corrections():
    story = a_full_story()

    said = data(story.path_now)

    assert (said["@type"], said["isAccessibleForFree"]) == ("NewsArticle", True)
    assert [author["name"] for author in said["author"]] == ["Ada Obi", "Jo Guest"]
    assert said["image"][0]["creditText"] == "Paul Carmona / Unsplash"
    assert said["correction"][0] | {"datePublished": ""} == {
        "@type": "CorrectionComment", "text": "Seven, not nine.", "datePublished": "",
    }  # fmt: skip
    assert said["url"] == f"http://localhost:8000{story.path_now}"


def test_schema_org_30_knows_every_type_and_property_that_we_use():
    material = os.environ.get("MASTHEAD_MATERIAL")
    if not material:
        pytest.skip("MASTHEAD_MATERIAL is not set: schema.org's own description is not at hand")
    known = SchemaOrg(Path(material) / "specs/schema.org/schemaorg-30.0.reduced.jsonld")

    wrong = [*known.wrong_in(data(a_full_story().path_now)), *known.wrong_in(data(newsroom.a_film().path_now))]

    assert wrong == []


class SchemaOrg:
    """Which types there are, what stands above them, and which properties belong to which."""

    def __init__(self, path: Path) -> None:
        self.rows = {row["@id"]: row for row in json.loads(path.read_text())["@graph"]}

    def _ids(self, name: str, key: str) -> set[str]:
        found = self.rows.get(f"schema:{name}", {}).get(key, [])
        return {each["@id"].removeprefix("schema:") for each in (found if isinstance(found, list) else [found])}

    def kinds(self, name: str) -> set[str]:
        above = self._ids(name, "rdfs:subClassOf")
        return {name}.union(*(self.kinds(each) for each in above)) if f"schema:{name}" in self.rows else set()

    def wrong_in(self, thing: dict) -> list[str]:
        kinds, wrong = self.kinds(thing["@type"]), []
        for name, value in thing.items():
            if not name.startswith("@") and not self._ids(name, "schema:domainIncludes") & kinds:
                wrong.append(f"{thing['@type']}.{name}")
            for inner in value if isinstance(value, list) else [value]:
                wrong += self.wrong_in(inner) if isinstance(inner, dict) else []
        return wrong


def test_cards_have_absolute_addresses_and_only_pictures_that_may_be_passed_on():
    free = newsroom.a_story("Free", lead_picture=newsroom.a_picture(made=True))
    held = newsroom.a_story("Held", lead_picture=newsroom.a_picture("Other", made=True, may_be_passed_on=False))

    assert meta(free.path_now)["og:image"].startswith("http://localhost:8000/media/")
    assert meta(free.path_now)["og:url"] == f"http://localhost:8000{free.path_now}"
    assert "og:image" not in meta(held.path_now)


def test_nothing_in_a_headline_can_end_the_data():
    story = newsroom.a_story("</script><script>alert(1)</script>")

    assert data(story.path_now)["headline"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page(story.path_now)
