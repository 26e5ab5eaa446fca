"""What the invented paper asks for and shows: appeals, adverts, amounts, and one courtesy membership."""

from datetime import timedelta
from typing import Any

from masthead.adverts import bookings
from masthead.adverts.bookings import Artwork
from masthead.appeals.models import Appeal
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.giving.models import GivingTerms
from masthead.membership import reasons
from masthead.newsroom.models import SectionPage
from masthead.web.demo import CONTENT, FRIEND

LOADER = Actor.system("demo")


def load(sections: dict[str, SectionPage], appeals: list[dict[str, Any]], adverts: list[dict[str, Any]]) -> None:
    """Add all of it; texts and pictures come from the content."""
    for facts in appeals:
        _add_appeal(facts, sections)
    for facts in adverts:
        _book(facts)
    terms = GivingTerms.load()
    terms.month_minor, terms.year_minor = [300, 600, 1200, 2500], [3600, 7200, 14400, 30000]
    terms.save()
    until = clock.today() + timedelta(days=365)
    reasons.give_courtesy(email=FRIEND, until=until, why="Reads every proof before we print it", by=LOADER)


def _add_appeal(facts: dict[str, Any], sections: dict[str, SectionPage]) -> None:
    end = facts.get("end", {})
    appeal = Appeal(
        name=facts["name"],
        top_line=facts.get("top", ""),
        middle_line=facts.get("middle", ""),
        headline=end.get("headline", ""),
        why="".join(f"<p>{paragraph}</p>" for paragraph in end.get("paragraphs", [])),
        signed=end.get("sign_off", ""),
        again=end.get("again", ""),
        money=end.get("money", ""),
        aims="\n".join(end.get("aims", [])),
    )
    appeal.full_clean()
    appeal.save()
    appeal.sections.set(sections[slug] for slug in facts.get("sections", []))


def _book(facts: dict[str, Any]) -> None:
    bookings.book(
        facts["slug"].replace("-", " ").capitalize(),
        [
            Artwork(
                picture=(CONTENT / facts["file"]).read_bytes(),
                alt=facts["alt"],
                link=facts["link"],
                shape=facts.get("shape", "box"),
            )
        ],
        starts_on=clock.today() - timedelta(days=30),
        advertiser=facts["advertiser"] if facts["kind"] == "direct" else "",
        weight=facts.get("weight", 1),
    )
