"""What a person may have and why, on their page at the desk; and giving them a membership."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from wagtail.admin.widgets import AdminDateInput

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.giving.previews import day
from masthead.readers.care import log, register
from masthead.readers.care.forms import ActForm
from masthead.readers.care.log import Entry, Line
from masthead.readers.care.people import Person
from masthead.readers.care.register import Act, Button, File, Planned, the_person

from . import reasons
from .models import AD_FREE, CALL, LETTER, THANKED, Courtesy, Grant, Reason

SHOWN = 30
IN_WORDS = {AD_FREE: "No adverts", LETTER: "The supporters’ letter", CALL: "The group call", THANKED: "Thanked"}


@dataclass
class Why:
    """One reason, and all that it grants: the benefits of a pledge stand in one line."""

    kind: str
    ref: str
    says: str
    benefits: list[str]
    until: str
    stands: bool
    buttons: list[Button]


def _grants(file: File) -> list[Grant]:
    """The newest, with the reason of a courtesy; also those of the devices of what is not confirmed."""
    person = file.person
    written = Courtesy.objects.annotate(ref=Cast("pk", CharField())).filter(ref=OuterRef("reason_ref"))
    if person.reader is not None:
        rows = Grant.objects.filter(reader=person.reader)
    else:
        device = getattr(person.subject, "device_id", None)
        rows = Grant.objects.filter(device=device) if device else Grant.objects.none()
    return list(rows.annotate(written=Subquery(written.values("reason")[:1]))[:SHOWN])


def _section(file: File) -> dict[str, Any]:
    now = clock.now()
    found: dict[tuple[str, str], Why] = {}
    for grant in file.once(_grants):
        stands = grant.over_at is None or grant.over_at > now
        why = found.get((grant.reason_kind, grant.reason_ref))
        if why is None:
            buttons = file.buttons(("end-courtesy", grant.reason_ref)) if _is_courtesy(grant) and stands else []
            why = Why(grant.reason_kind, grant.reason_ref, _why(grant), [], _until(grant, stands), stands, buttons)
            found[grant.reason_kind, grant.reason_ref] = why
        if stands or not why.stands:
            name = IN_WORDS.get(grant.benefit, grant.benefit)
            if name not in why.benefits:
                why.benefits.append(name)
    rows = sorted(found.values(), key=lambda why: not why.stands)
    return {"rows": rows, "buttons": file.standing("grants")}


def _is_courtesy(grant: Grant) -> bool:
    return grant.reason_kind == Reason.COURTESY


def _why(grant: Grant) -> str:
    if _is_courtesy(grant):
        return f"given by the newsroom: {grant.written}"  # type: ignore[attr-defined]
    return f"for {grant.reason_kind} {grant.reason_ref}"


def _until(grant: Grant, stands: bool) -> str:
    """In words; the day itself is not included, as in the ledger."""
    if not stands:
        return f"ended on {day(clock.day_of(grant.over_at))}" if grant.over_at else "ended"
    if grant.grace_until:
        return f"until {day(clock.day_of(grant.grace_until))}, in the grace of a payment that failed"
    if grant.until_at:
        return f"until {day(clock.day_of(grant.until_at))}"
    return "as long as it is paid"


def _planned(file: File) -> list[Planned]:
    now = clock.now()
    ends = {
        grant.reason_ref: grant
        for grant in file.once(_grants)
        if _is_courtesy(grant) and grant.ended_at is None and grant.until_at and grant.until_at > now
    }
    return [
        Planned(clock.day_of(grant.until_at), "The membership given by the newsroom ends.")
        for grant in ends.values()
        if grant.until_at
    ]


def _courtesies(file: File) -> QuerySet[Any] | None:
    if file.person.reader is None:
        return None
    rows = Courtesy.objects.filter(reader=file.person.reader)
    return log.columns("courtesy", rows, file, at="created_at", a="reason", b="until", c="by")


def _courtesy(entry: Entry, _file: File) -> Line:
    says = f"A membership was given, until {day(date.fromisoformat(entry.b[:10]))}"
    return Line(entry.at, log.CHANGE, says, entry.a, by=entry.c)


# --- giving one ------------------------------------------------------------------------------------------


class GrantForm(ActForm):
    """Until when."""

    until = forms.DateField(label="Until, that day included", widget=AdminDateInput)


def _reachable(person: Person, reference: str) -> Person | None:
    return the_person(person, reference) if person.is_confirmed else None


def _grant_says(_person: Person, _to: Any) -> list[str]:
    return ["With all that supporters get, from now on. Nothing is collected for it."]


def _grant(person: Person, to: Any, typed: dict[str, Any], by: Actor, note: int) -> None:
    reasons.give_courtesy(until=typed["until"], why=f"see note {note}", by=by, reader=person.reader)


def _courtesy_of(person: Person, reference: str) -> Courtesy | None:
    if person.reader is None or not reference.isdecimal():
        return None
    return Courtesy.objects.filter(reader=person.reader, pk=int(reference), ended_at=None).first()


def _end_says(_person: Person, courtesy: Courtesy) -> list[str]:
    return [f"It would last until {day(courtesy.until)}. It ends at once."]


def _end(_person: Person, courtesy: Courtesy, _typed: dict[str, Any], by: Actor, _note: int) -> None:
    reasons.end_courtesy(courtesy, by=by)


register.act(
    Act(
        name="grant",
        stands="grants",
        label="Give a membership",
        title="Give a membership",
        done="They have a membership now.",
        find=_reachable,
        says=_grant_says,
        do=_grant,
        form=GrantForm,
        right="membership.add_courtesy",
        at="until",
    ),
    logged="Gave a membership",
)
register.act(
    Act(
        name="end-courtesy",
        label="End it",
        title="End the membership that the newsroom gave",
        done="It has ended.",
        find=_courtesy_of,
        says=_end_says,
        do=_end,
        right="membership.delete_courtesy",
        is_grave=True,
    ),
    logged="Ended a membership that the newsroom gave",
)
register.section(
    "grants", "What they may have, and why", "membership/care_grants.html", _section, order=12, is_aside=True
)
register.plan(_planned)
log.register("courtesy", _courtesies, _courtesy)
