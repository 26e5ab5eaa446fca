"""What other sites and machines learn of a page: canonical address, cards, schema.org data. Plain values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from masthead.core import clock
from masthead.newsroom.models import FilmPage, Paper, StoryPage
from masthead.newsroom.stories import Whole
from masthead.web.blocks import plain_words
from masthead.web.pictures import Shown
from masthead.web.shell import Link, language_tag


@dataclass(frozen=True)
class PassedOn:
    """A page, told to others. `data` is JSON that can stand in a script element."""

    site: str
    title: str
    description: str
    address: str
    kind: str = "website"
    picture: Shown | None = None
    published: datetime | None = None
    modified: datetime | None = None
    feeds: tuple[Link, ...] = ()
    data: SafeString | None = None

    @property
    def picture_address(self) -> str:
        """Where anyone can fetch the picture."""
        return absolute(self.picture.src) if self.picture else ""


@dataclass(frozen=True)
class Told:
    """A story or film with the pictures that its page shows."""

    whole: Whole
    pictures: Sequence[Shown] = ()

    @property
    def piece(self) -> Any:
        return self.whole.piece

    @property
    def modified(self) -> datetime | None:
        """When its words last changed: when it was last published, or corrected since."""
        moments = [self.piece.last_published_at, self.piece.published_at]
        moments += [correction.corrected_at for correction in self.whole.corrections]
        return max((moment for moment in moments if moment), default=None)


def page(paper: Paper, title: str, path: str, description: str = "", *, feeds: Sequence[Link] = ()) -> PassedOn:
    """A page that is no story."""
    return PassedOn(paper.name, title, description or paper.description, absolute(path), feeds=tuple(feeds))


def story(paper: Paper, told: Told) -> PassedOn:
    """A story's page, as a NewsArticle."""
    return _of_piece(paper, told, "article", news_article(paper, told))


def film(paper: Paper, told: Told) -> PassedOn:
    """A film's page, as a VideoObject."""
    return _of_piece(paper, told, "video.other", video(paper, told))


def absolute(path: str) -> str:
    """An address that works elsewhere: from the settings, never from a request."""
    return path if path.startswith(("https://", "http://")) else settings.SITE_ADDRESS + path


def news_article(paper: Paper, told: Told) -> dict[str, Any]:
    """https://schema.org/NewsArticle."""
    story: StoryPage = told.piece
    return {
        **_creative_work(paper, told, "NewsArticle"),
        "headline": story.headline,
        "mainEntityOfPage": absolute(story.path_now),
        "articleSection": story.section.title if story.section else None,
        "dateline": story.dateline or None,
        "wordCount": story.words or None,
        "image": [image(shown) for shown in told.pictures] or None,
    }


def video(paper: Paper, told: Told) -> dict[str, Any]:
    """https://schema.org/VideoObject."""
    film: FilmPage = told.piece
    return {
        **_creative_work(paper, told, "VideoObject"),
        "name": film.headline,
        "uploadDate": _moment(film.published_at),
        "thumbnailUrl": [absolute(shown.src) for shown in told.pictures] or None,
        "duration": f"PT{film.seconds}S" if film.seconds else None,
        "contentUrl": absolute(film.film.url) if film.film else None,
        "transcript": plain_words(film.transcript) or None,
    }


def image(shown: Shown) -> dict[str, Any]:
    """https://schema.org/ImageObject, with the fields by which others find who made it and on what terms."""
    picture = shown.picture
    return _told(
        {
            "@type": "ImageObject",
            "url": absolute(shown.src),
            "width": shown.width,
            "height": shown.height,
            "caption": shown.caption or None,
            "creditText": picture.credit or None,
            "creator": {"@type": "Person", "name": picture.credit_who} if picture.credit_who else None,
            "copyrightNotice": picture.copyright or None,
            "license": picture.rights_page or None,
        }
    )


def _of_piece(paper: Paper, told: Told, kind: str, data: dict[str, Any]) -> PassedOn:
    piece = told.piece
    return PassedOn(
        site=paper.name,
        title=piece.seo_title or piece.headline,
        description=piece.search_description or piece.standfirst,
        address=absolute(piece.path_now),
        kind=kind,
        picture=next((shown for shown in told.pictures if shown.picture.may_be_passed_on), None),
        published=piece.published_at,
        modified=told.modified,
        data=in_a_script({"@context": "https://schema.org", **data}),
    )


def _creative_work(paper: Paper, told: Told, kind: str) -> dict[str, Any]:
    piece = told.piece
    return {
        "@type": kind,
        "@id": absolute(piece.path_now),
        "url": absolute(piece.path_now),
        "description": piece.standfirst or None,
        "inLanguage": language_tag(),
        "datePublished": _moment(piece.published_at),
        "dateModified": _moment(told.modified or piece.published_at),
        "author": [_author(byline) for byline in told.whole.bylines] or [_organisation(piece.source or paper.name)],
        "sourceOrganization": _organisation(piece.source) if piece.source else None,
        "publisher": {**_organisation(paper.name, "NewsMediaOrganization"), "url": absolute("/")},
        "keywords": [topic.name for topic in told.whole.topics] or None,
        "isAccessibleForFree": True,
        "correction": [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": _moment(correction.corrected_at)}
            for correction in told.whole.corrections
        ]
        or None,
    }


def _author(byline: Any) -> dict[str, str]:
    person = {"@type": "Person", "name": byline.name}
    return {**person, "url": absolute(byline.person.path)} if byline.person else person


def _organisation(name: str, kind: str = "Organization") -> dict[str, str]:
    return {"@type": kind, "name": name}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.zone()).isoformat(timespec="seconds") if moment else None


def _told(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def in_a_script(data: dict[str, Any]) -> SafeString:
    """JSON in which nothing can end the script element that it stands in."""
    text = json.dumps(_told(data), ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308 (escaped in the lines above)
