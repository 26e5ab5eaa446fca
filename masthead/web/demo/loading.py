"""Fills an empty newsroom with the invented paper, through the same verbs that its editors use.

The content lies beside this module, as TOML with pictures and films. Days in it are ages: a story of `age_days = 3`
came out three days before the demonstration was made. All of it is loaded in one transaction, or nothing.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.files import File
from django.db import transaction
from django.utils.html import escape

from masthead.core import clock
from masthead.newsroom import pictures, publishing
from masthead.newsroom.models import (
    Byline,
    Correction,
    FilmIndexPage,
    FilmPage,
    FrontPage,
    Paper,
    Person,
    Pick,
    Picture,
    PlainPage,
    RunningStory,
    SectionPage,
    StoryPage,
)
from masthead.readers.models import StaffUser
from masthead.web.commands import new
from masthead.web.demo import COLLEAGUES, CONTENT, EDITOR, PASSWORD

Facts = dict[str, Any]
Say = Callable[[str], None]


def version() -> str:
    """A hash of the content, so that a newer one can be told from what was loaded."""
    digest = hashlib.sha256()
    for path in sorted(CONTENT.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(CONTENT)} {path.stat().st_size}".encode())
            if path.suffix == ".toml":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def load(say: Say) -> None:
    """Fill the newsroom. Says what it does."""
    with transaction.atomic():
        courier = Courier(say)
        courier.load()


class Courier:
    """The paper while it is being loaded: what was made so far, by slug."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.paper = read("paper.toml")
        self.front = FrontPage.objects.get()
        self.today = clock.today()
        self.pictures: dict[str, Picture] = {}
        self.people: dict[str, Person] = {}
        self.chains: dict[str, RunningStory] = {}
        self.sections: dict[str, SectionPage] = {}
        self.pieces: dict[str, StoryPage | FilmPage] = {}

    def load(self) -> None:
        from masthead.web.demo import asking, promised

        stories, films = folder("stories"), folder("films")
        self._open_the_paper()
        self.say(f"{len(read('pictures.toml')['pictures'])} pictures")
        self._add_pictures()
        self._add_people_and_sections()
        self.say(f"{len(stories)} stories and {len(films)} films")
        for story in stories:  # first all of them, so that one can point to the other
            self._begin_story(story)
        for film in films:
            self._begin_film(film)
        for facts in sorted([*stories, *films], key=lambda facts: -int(facts["age_days"])):
            self._publish(facts)
        self._make_up_the_front(stories + films)
        self.say("appeals, adverts, plain pages, the desk's first user")
        self._add_plain_pages()
        asking.load(self.sections, _listed("appeals.toml", "appeals"), _listed("adverts/adverts.toml", "adverts"))
        self._let_staff_in()
        self.say("letters, calls, a year and a half of open books")
        promised.load(
            letters=_listed("letters.toml", "letters"),
            calls=read("calls.toml"),
            books=read("books.toml"),
            body=lambda facts: list(self._blocks(facts)),
        )

    # --- the paper ---

    def _open_the_paper(self) -> None:
        paper = Paper.load()
        accent = self.paper.get("accent", {})
        paper.name, paper.tagline = self.paper["name"], self.paper.get("tagline", "")
        paper.description = self.paper.get("description", "")
        paper.editor_in_chief = self.paper["editor_in_chief"]
        paper.imprint, paper.postal_address = self.paper.get("imprint", ""), self.paper.get("address", "")
        paper.accent_light = accent.get("light", paper.accent_light)
        paper.accent_dark = accent.get("dark", paper.accent_dark)
        paper.save()

    def _add_pictures(self) -> None:
        for facts in read("pictures.toml")["pictures"]:
            with (CONTENT / facts["file"]).open("rb") as file:
                picture = pictures.take(
                    File(file, name=facts["file"].rpartition("/")[2]),
                    title=facts["slug"].replace("-", " ").capitalize(),
                    alt=facts["alt"],
                    caption=facts.get("caption", ""),
                    credit_who=facts["credit"],
                    credit_agency=facts.get("agency", ""),
                    copyright=facts.get("copyright", ""),
                    source=facts.get("source", ""),
                    may_be_passed_on=facts.get("may_be_passed_on", False),
                    rights_end=facts.get("rights_end") or None,
                    confirmed=True,
                )
            self.pictures[facts["slug"]] = picture

    def _add_people_and_sections(self) -> None:
        for facts in self.paper["people"]:
            picture = self.pictures.get(facts.get("picture", ""))
            self.people[facts["slug"]] = Person.objects.create(
                name=facts["name"], slug=facts["slug"], role=facts["role"], bio=facts["bio"], picture=picture
            )
        for facts in self.paper["running_stories"]:
            self.chains[facts["slug"]] = RunningStory.objects.create(
                name=facts["name"], slug=facts["slug"], description=facts["description"]
            )
        for facts in sorted(self.paper["sections"], key=lambda facts: facts["order"]):
            section = SectionPage(
                title=facts["name"], slug=facts["slug"], description=facts["description"], show_in_menus=True
            )
            self.front.add_child(instance=section)
            self.sections[facts["slug"]] = publishing.publish(section)

    def _let_staff_in(self) -> None:
        new.make_editor(EDITOR, PASSWORD, name=self.paper["editor_in_chief"])
        for colleague in COLLEAGUES.values():
            if colleague.email == EDITOR:
                continue
            first, _, last = colleague.name.partition(" ")
            person = StaffUser.objects.create_user(colleague.email, first_name=first, last_name=last)
            person.groups.set(Group.objects.filter(name__in=colleague.groups))

    def _add_plain_pages(self) -> None:
        for facts in self.paper["pages"]:
            page = PlainPage(title=facts["title"], slug=facts["slug"], live=False)
            page.body = list(self._blocks(facts["body"]))
            self.front.add_child(instance=page)
            publishing.publish(page)

    # --- stories and films ---

    def _begin_story(self, facts: Facts) -> None:
        story = StoryPage(title=facts["headline"], slug=facts["slug"], live=False)
        self.sections[facts["section"]].add_child(instance=story)
        self.pieces[facts["slug"]] = story

    def _begin_film(self, facts: Facts) -> None:
        film = FilmPage(title=facts["title"], slug=facts["slug"], live=False)
        FilmIndexPage.objects.get().add_child(instance=film)
        self.pieces[facts["slug"]] = film

    def _publish(self, facts: Facts) -> None:
        piece = self.pieces[facts["slug"]]
        piece.standfirst = facts.get("standfirst", "")
        piece.search_description = facts.get("standfirst", "")[:160]
        piece.published_at = self._moment(facts)
        piece.bylines = [self._byline(facts, number) for number in range(len(facts.get("byline", [])))]
        piece.corrections = [self._correction(correction) for correction in facts.get("corrections", [])]
        if topics := facts.get("topics"):
            piece.topics.add(*topics)
        for flag in ("sensitive", "no_appeals", "no_adverts"):
            setattr(piece, flag, bool(facts.get(flag)) or flag in facts.get("flags", []))
        if isinstance(piece, StoryPage):
            self._fill_story(piece, facts)
        else:
            self._fill_film(piece, facts)
        publishing.publish(piece)

    def _fill_story(self, story: StoryPage, facts: Facts) -> None:
        story.dateline = facts.get("dateline", "")
        source = facts.get("source", "own")
        story.source = "" if source == "own" else source
        story.chain = self.chains.get(facts.get("chain", ""))
        story.lead_picture = self.pictures.get(facts.get("lead_picture", ""))
        story.lead_caption = facts.get("lead_caption", "")
        story.body = list(self._blocks(facts["body"]))

    def _fill_film(self, film: FilmPage, facts: Facts) -> None:
        film.section = self.sections.get(facts.get("section", ""))
        film.chain = self.chains.get(facts.get("chain", ""))
        film.seconds = facts["duration_seconds"]
        film.poster = self.pictures[facts["poster"]]
        transcript = facts.get("transcript", "")
        film.transcript = transcript if transcript.startswith("<") else _as_paragraphs(transcript)
        for field, name in (("film", "file"), ("captions", "captions")):
            path = _beside_films(facts[name])
            with path.open("rb") as file:
                getattr(film, field).save(path.name, File(file), save=False)

    def _moment(self, facts: Facts) -> datetime:
        hour = time.fromisoformat(facts.get("time", "06:00"))
        day = self.today - timedelta(days=int(facts["age_days"]))
        moment = datetime.combine(day, hour, tzinfo=clock.zone())
        return min(moment, clock.now())  # what is dated later today came out just now

    def _byline(self, facts: Facts, number: int) -> Byline:
        who = facts["byline"][number]
        if "person" in who:
            return Byline(person=self.people[who["person"]], sort_order=number)
        return Byline(guest=who.get("text") or who["guest"], sort_order=number)

    def _correction(self, facts: Facts) -> Correction:
        return Correction(corrected_at=self._moment(facts), text=facts["text"], place=facts.get("place", "bottom"))

    def _blocks(self, body: list[Facts]) -> Iterator[tuple[str, Any]]:
        for block in body:
            kind = block["type"]
            if kind == "paragraph":
                yield kind, _rich(f"<p>{block['html']}</p>")
            elif kind == "heading":
                yield kind, block["text"]
            elif kind == "picture":
                picture = self.pictures[block["picture"]]
                yield (
                    kind,
                    {
                        "picture": picture,
                        "caption": block.get("caption", ""),
                        "size": block.get("size", "wide"),
                    },
                )
            elif kind == "pull_quote":
                yield kind, {"text": block["text"], "who": block.get("who", "")}
            elif kind == "list":
                yield kind, {"ordered": block.get("ordered", False), "items": [_rich(item) for item in block["items"]]}
            elif kind == "embed":
                yield kind, {"address": block["url"], "title": block["title"]}
            elif kind == "read_on":
                yield kind, self.pieces[block["story"]].page_ptr
            elif kind == "stories":
                yield kind, self._picked(block)
            elif kind == "call":
                yield kind, {"words": block.get("words", "")}
            elif kind == "appeal":
                yield kind, {"headline": "", "words": _rich("")}
            else:
                raise ValueError(f"the content has a block of an unknown kind: {kind}")

    def _picked(self, block: Facts) -> Facts:
        """Stories in a letter, chosen by hand."""
        return {
            "heading": block.get("heading", ""),
            "which": "hand",
            "count": len(block["picks"]),
            "section": None,
            "order": "newest",
            "shows": block["shows"],
            "picks": [
                {"words": _rich(pick.get("words", "")), "piece": self.pieces[pick["piece"]].page_ptr}
                for pick in block["picks"]
            ],
        }

    def _make_up_the_front(self, all_facts: list[Facts]) -> None:
        ranked = sorted((facts["front_rank"], facts["slug"]) for facts in all_facts if facts.get("front_rank"))
        (_, lead), *picks = ranked
        front = FrontPage.objects.get()
        front.lead = self.pieces[lead].page_ptr
        front.picks = [Pick(piece=self.pieces[slug].page_ptr, sort_order=rank) for rank, slug in picks]
        publishing.publish(front)


def _rich(html: str) -> Any:
    from wagtail.rich_text import RichText

    return RichText(html)


def _as_paragraphs(text: str) -> str:
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


def _beside_films(name: str) -> Path:
    return next(path for path in (CONTENT / name, CONTENT / "films" / name) if path.exists())


def read(name: str) -> Facts:
    """One TOML file of the content."""
    return tomllib.loads((CONTENT / name).read_text())


def _listed(name: str, key: str) -> list[Facts]:
    facts: list[Facts] = read(name)[key]
    return facts


def folder(name: str) -> list[Facts]:
    """All TOML files of one folder, in the order of their numbers."""
    return [tomllib.loads(path.read_text()) for path in sorted((CONTENT / name).glob("*.toml"))]
