"""A small newsroom: sections, stories, pictures and people, built through the verbs that its editors use."""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils.text import slugify
from PIL import Image
from wagtail.rich_text import RichText

from masthead.newsroom import pictures, publishing
from masthead.newsroom.models import (
    Byline,
    FilmIndexPage,
    FilmPage,
    FrontPage,
    Person,
    Picture,
    RunningStory,
    SectionPage,
    StoryPage,
)
from masthead.newsroom.pictures import renditions

SENTENCE = "The harbour trust met on Tuesday evening and spoke of timber, worms and money until the lamps went out. "
"""Nineteen words."""
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nThe tide goes out.\n"


def a_section(title: str = "Harbour") -> SectionPage:
    """A section that readers can see; the one there is, if it bears this name."""
    there = SectionPage.objects.filter(title=title).first()
    if there:
        return there
    section = SectionPage(title=title, slug=slugify(title), show_in_menus=True)
    FrontPage.objects.get().add_child(instance=section)
    return publishing.publish(section)


def a_draft(
    headline: str = "Four winters left", *, section: str = "Harbour", words: int = 120, **fields: Any
) -> StoryPage:
    """A story that nobody but the desk has seen. `body`: blocks; else paragraphs of about `words` words in all."""
    body = fields.pop("body", None) or paragraphs(words)
    by, topics = fields.pop("by", ()), fields.pop("topics", ())
    story = StoryPage(title=headline, slug=slugify(headline), live=False, body=body, **fields)
    a_section(section).add_child(instance=story)
    story.bylines = [
        Byline(person=who, sort_order=place) if isinstance(who, Person) else Byline(guest=who, sort_order=place)
        for place, who in enumerate(by)
    ]
    story.topics.add(*topics)
    story.save_revision()
    return story


def a_story(headline: str = "Four winters left", **facts: Any) -> StoryPage:
    """A published story; as `a_draft`."""
    return publishing.publish(a_draft(headline, **facts))


def a_film(headline: str = "What the tide takes", **fields: Any) -> FilmPage:
    """A published film, with poster and captions."""
    film = FilmPage(title=headline, slug=slugify(headline), live=False, seconds=12, **fields)
    film.poster = film.poster or a_picture("Poster", size=(320, 180))
    film.film.save("tide.mp4", ContentFile(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64), save=False)
    film.captions.save("tide.vtt", ContentFile(CAPTIONS), save=False)
    FilmIndexPage.objects.get().add_child(instance=film)
    return publishing.publish(film)


def a_person(name: str = "Daniel Osei") -> Person:
    return Person.objects.create(name=name, slug=slugify(name))


def a_running_story(name: str = "The pier") -> RunningStory:
    return RunningStory.objects.create(name=name, slug=slugify(name))


def a_picture(
    title: str = "The pier at dusk", *, made: bool = False, size: tuple[int, int] = (900, 600), **fields: Any
) -> Picture:
    """A credited picture that somebody has checked. `made`: with all its sizes."""
    facts = {
        "alt": "A wooden pier over calm water",
        "credit_who": "Paul Carmona",
        "credit_agency": "Unsplash",
        "may_be_passed_on": True,
        "confirmed": True,
        **fields,
    }
    picture = pictures.take(a_file(size=size), title=title, **facts)
    while made and not renditions.make_some(picture):
        pass
    return picture


def a_file(name: str = "pier.jpg", *, size: tuple[int, int] = (900, 600), kind: str = "JPEG", **options: Any) -> File:
    """A picture file of one colour; `options` are what Pillow writes into it (`xmp=…`, `exif=…`)."""
    held = BytesIO()
    Image.new("RGB", size, (12, 84, 96)).save(held, kind, **options)
    return ContentFile(held.getvalue(), name=name)


def paragraphs(words: int) -> list[tuple[str, Any]]:
    """Paragraphs of 57 words each, `words` or a few more in all."""
    return [paragraph(3) for _ in range(-(-words // 57))]


def paragraph(sentences: int = 3) -> tuple[str, Any]:
    return ("paragraph", RichText(f"<p>{(SENTENCE * sentences).strip()}</p>"))


def a_picture_block(picture: Picture, caption: str = "") -> tuple[str, Any]:
    return ("picture", {"picture": picture, "caption": caption, "size": "wide"})
