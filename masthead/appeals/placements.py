"""What an appeal would put where on a page: plain values, which `web` places and its templates show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from masthead.appeals.models import Appeal, Ask, Count, Plea
from masthead.core import clock, fillins
from masthead.giving import terms
from masthead.giving.models import GivingTerms, Rhythm
from masthead.giving.promises import Level
from masthead.membership import tiers
from masthead.newsroom import words
from masthead.press import recording

ASKED = ("public",)  # who gave once is thanked, not asked; supporters never are
SUPPORT = "/support/"
COUNTED = {"stories this year": "stories this year", "films this year": "films this year"}


class Story(Protocol):
    """What an appeal must know of the story that it stands on."""

    pk: int

    @property
    def rests_from_appeals(self) -> bool: ...


@dataclass(frozen=True)
class Appeals:
    """What stands at the three placements of a page; None where nothing does."""

    top: Ask | None = None
    middle: Ask | None = None
    end: Plea | None = None


NONE = Appeals()


def for_page(edition: str, *, section: int | None = None, story: Story | None = None) -> Appeals:
    """The appeals for a page of `edition`, of the section with this page id, or of this story in it.

    Notes for the print what they are made of and when that changes by itself.
    """
    if edition not in ASKED:
        return NONE
    recording.made_of("appeals", "giving")
    recording.changes_at(Appeal.objects.next_change_after(clock.now()))
    if story is not None and story.rests_from_appeals:
        return NONE
    appeal = _chosen(section)
    return of(appeal, story=story.pk if story else None) if appeal else NONE


def of(appeal: Appeal, *, story: int | None = None) -> Appeals:
    """All three placements of one appeal; `story` is the id of the page that it stands on."""
    in_force = terms.in_force()
    level = next((lvl for lvl in tiers.levels() if lvl.floor.currency == in_force.currency and lvl.promises), None)
    note = _("from %(least)s a month") % {"least": level.floor.short} if level else ""
    return Appeals(
        top=_ask(appeal, "top", appeal.top_line, note, story),
        middle=_ask(appeal, "middle", appeal.middle_line, note, story),
        end=_plea(appeal, note, story, in_force, level) if appeal.headline else None,
    )


def _chosen(section: int | None) -> Appeal | None:
    """The appeal that stands now: one for this section before one for everywhere, then the one begun last."""
    standing = Appeal.objects.standing_at(clock.now()).prefetch_related("sections")
    fitting = [appeal for appeal in standing if _is_for(appeal, section)]
    return max(fitting, key=_standing_order, default=None)


def _is_for(appeal: Appeal, section: int | None) -> bool:
    wanted = [chosen.pk for chosen in appeal.sections.all()]
    return not wanted or section in wanted


def _standing_order(appeal: Appeal) -> tuple[bool, float, int]:
    begun = appeal.starts_at.timestamp() if appeal.starts_at else 0
    return bool(appeal.sections.all()), begun, appeal.pk


def _origin(appeal: Appeal, placement: str, story: int | None) -> dict[str, str]:
    """Where a giver comes from, as the support page takes it."""
    known = {"from": story, "placement": placement, "appeal": appeal.pk}
    return {name: str(value) for name, value in known.items() if value}


def _address(query: Mapping[str, str]) -> str:
    return f"{SUPPORT}?{urlencode(query)}"


def _ask(appeal: Appeal, placement: str, line: str, note: str, story: int | None) -> Ask | None:
    if not line:
        return None
    return Ask(placement, _filled(line), note, _address(_origin(appeal, placement, story)))


def _plea(appeal: Appeal, note: str, story: int | None, in_force: GivingTerms, level: Level | None) -> Plea:
    return Plea(
        headline=_filled(appeal.headline),
        why=words.html(_filled(appeal.why)),
        signed=appeal.signed,
        sets=[_amounts(in_force)],
        origin={**_origin(appeal, "end", story), "often": Rhythm.MONTH.value},
        url=SUPPORT,
        note=note,
        counts=_counts(),
        again=_filled(appeal.again),
        benefits=[promise.name for promise in level.promises] if level else [],
        money=_filled(appeal.money),
        aims=[_filled(aim) for aim in appeal.list_of_aims],
        currencies=[
            (f"{one.sign} {one.code}", _address({**_origin(appeal, "end", story), "currency": one.code}))
            for one in terms.choices(in_force.currency)
            if not one.chosen
        ],
    )


def _counts() -> list[Count]:
    """The figures of this year; what there is none of is left out."""
    counts = [Count(_filled(f"{{{name}}}"), of_what) for name, of_what in COUNTED.items() if name in fillins.WORDS]
    return [count for count in counts if count.figure != fillins.honest(0)]


def _filled(text: str) -> str:
    return fillins.fill(text, recording.made_of)


def _amounts(in_force: GivingTerms) -> dict[str, Any]:
    """The monthly amounts as a set of parts/amounts.html; the second one is chosen beforehand."""
    suggested = in_force.suggested(Rhythm.MONTH)
    likely = suggested[min(1, len(suggested) - 1)] if suggested else None
    return {
        "often": Rhythm.MONTH.value,
        "legend": _("Every month I give"),
        "name": "amount",
        "choices": [
            {"value": amount.minor, "label": amount.short, "checked": amount == likely} for amount in suggested
        ],
    }
