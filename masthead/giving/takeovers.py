"""Supporters who gave through other software, taken over from a CSV file with the cards and mandates that they gave.

Two steps: each line is looked at, at the provider too, and nothing is changed; then those that are good are looked at
once more and taken over, each in a transaction of its own. So it can be stopped, goes on where it was, and the same
file or line twice takes nobody over twice. Nobody is charged now: the first collection is on the day that the line
says, after its notice. What the software of before still collects is not taken over.

Columns: email, name, customer, method, amount, currency, interval (month or year), next_on (2027-03-14); where wanted
started_on. `customer` and `method` are the provider's: cus_… and pm_…, or CU… and MD….
"""

import csv
import hashlib
import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from masthead.core import audit, clock
from masthead.core.actors import Actor
from masthead.core.jobs import every, job
from masthead.core.refusals import Refusal
from masthead.money import takeovers
from masthead.money.amounts import CURRENCIES, Money
from masthead.money.providers.base import MandateFacts
from masthead.readers import accounts, addresses

from . import mails, terms
from .models import Interval, LineState, Pledge, Takeover, TakeoverLine, TakeoverState
from .states import Cause, State, move

MOST_BYTES, MOST_LINES = 5_000_000, 20_000
NEEDED = ("email", "name", "customer", "method", "amount", "currency", "interval", "next_on")
KNOWN = (*NEEDED, "started_on")
LONGEST_CELL = 300
FURTHEST = {Interval.MONTH: timedelta(days=62), Interval.YEAR: timedelta(days=400)}
SECONDS_AT_ONCE, AT_ONCE = 4.0, 500
LINES_KEPT = timedelta(days=30)

audit.register("takeover.begun", "{by} read a file of {lines} supporters to take over: {subject}")
audit.register("takeover.applied", "{by} had the good lines of {subject} taken over")
audit.register("takeover.stopped", "{by} stopped {subject}")
audit.register("pledge.taken_over", "{by} took pledge {subject} over from other software, to be collected on {next_on}")


class BadFile(Refusal):
    """It can't be read at all."""

    for_people_text = "%(why)s Nothing has been changed."


class NotNow(Refusal):
    """The file does not stand where that can be done."""

    for_people_text = "That can't be done now: %(state)s. Nothing has been changed."


class BadLine(Refusal):
    """What is written in a line can't be."""

    for_people_text = "%(why)s"


@dataclass(frozen=True)
class Line:
    """One line, read."""

    email: str
    name: str
    customer: str
    method: str
    amount: Money
    interval: Interval
    next_on: date
    started_on: date


# --- The steps ---------------------------------------------------------------------------------------------------


def begin(content: bytes, *, provider: str, by: Actor) -> Takeover:
    """Keep the lines of a file, to be looked at. The same file again goes on: its bad lines are looked at anew.

    Raises BadFile.
    """
    rows = list(_rows(content))
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        takeover, is_new = Takeover.objects.get_or_create(
            provider=provider, digest=digest, defaults={"lines_count": len(rows), "by": str(by)}
        )
        if not takeover.lines.exists():
            lines = [TakeoverLine(takeover=takeover, number=number, written=written) for number, written in rows]
            TakeoverLine.objects.bulk_create(lines, batch_size=500)
            audit.record("takeover.begun", takeover, by=by, lines=len(rows))
        if not is_new and takeover.state != TakeoverState.APPLYING:
            takeover.lines.filter(state=LineState.BAD).update(state=LineState.UNSEEN, says="")
            takeover.state = TakeoverState.CHECKING
            takeover.save(update_fields=["state"])
    return takeover


def look_over(takeover: Takeover, *, seconds: float | None = None) -> bool:
    """Look at lines not looked at yet, for so many seconds; returns whether all are. Changes nobody's support."""
    for line in _until(seconds, takeover.lines.filter(state=LineState.UNSEEN)):
        try:
            _asked(takeover, line)
        except takeovers.IsOurs as refusal:
            _note(line, LineState.KNOWN, refusal.for_people)
        except Refusal as refusal:
            _note(line, LineState.BAD, refusal.for_people)
        else:
            _note(line, LineState.GOOD)
    if takeover.lines.filter(state=LineState.UNSEEN).exists():
        return False
    Takeover.objects.filter(pk=takeover.pk, state=TakeoverState.CHECKING).update(state=TakeoverState.CHECKED)
    return True


def apply(takeover: Takeover, *, by: Actor, seconds: float | None = None) -> bool:
    """Take over the good lines, each looked at once more; returns whether none is left. Raises Trouble."""
    for line in _until(seconds, takeover.lines.filter(state=LineState.GOOD)):
        try:
            read, facts = _asked(takeover, line)
            pledge = take(takeover.provider, read, facts, by=by)
        except takeovers.IsOurs as refusal:
            _note(line, LineState.KNOWN, refusal.for_people)
        except Refusal as refusal:
            _note(line, LineState.BAD, refusal.for_people)
        else:
            _note(line, LineState.TAKEN, pledge=pledge)
        if line.number % 10 == 0 and Takeover.objects.filter(pk=takeover.pk, state=TakeoverState.STOPPED).exists():
            return False
    if takeover.lines.filter(state=LineState.GOOD).exists():
        return False
    taken = takeover.lines.filter(state=LineState.TAKEN).count()
    Takeover.objects.filter(pk=takeover.pk).update(state=TakeoverState.DONE, taken_count=taken)
    return True


def take(provider: str, line: Line, facts: MandateFacts, *, by: Actor) -> Pledge:
    """One supporter: a pledge that is active, paid until its next day, and told of. Raises IsOurs, BadAddress."""
    with transaction.atomic():
        reader = accounts.reader_for(line.email, by=by)
        if line.name and not reader.name:
            reader.name = line.name
            reader.save(update_fields=["name"])
        pledge = Pledge.objects.create(
            reader=reader,
            email=addresses.normalise(line.email),
            amount_minor=line.amount.minor,
            currency=line.amount.currency,
            interval=line.interval,
            anchor_day=line.next_on.day,
            started_on=line.started_on,
            next_on=line.next_on,
            paid_until=line.next_on,
        )
        pledge.mandate = takeovers.take(provider, facts, order_key=f"pledge:{pledge.reference}:1")
        move(pledge, to=State.ACTIVE, by=by, cause=Cause.TAKEN_OVER)
        audit.record("pledge.taken_over", pledge, by=by, next_on=line.next_on)
        mails.taken_over(pledge)
    return pledge


# --- From the desk: by jobs ----------------------------------------------------------------------------------------


def start_looking(takeover: Takeover, *, by: Actor) -> None:
    """Have the lines looked at by a worker."""
    go_on.enqueue(takeover.pk, str(by))


def start_applying(takeover: Takeover, *, by: Actor) -> None:
    """Have the good lines taken over by a worker. Raises NotNow."""
    with transaction.atomic():
        allow(takeover, by=by)
        go_on.enqueue(takeover.pk, str(by))


def allow(takeover: Takeover, *, by: Actor) -> None:
    """Say that the good lines may be taken over: before `apply`. Raises NotNow."""
    with transaction.atomic():
        _turn(takeover, to=TakeoverState.APPLYING, since=(TakeoverState.CHECKED, TakeoverState.STOPPED))
        audit.record("takeover.applied", takeover, by=by)


def stop(takeover: Takeover, *, by: Actor) -> None:
    """Take nobody over any more; who was taken over stays. It can go on later. Raises NotNow."""
    with transaction.atomic():
        _turn(takeover, to=TakeoverState.STOPPED, since=(TakeoverState.CHECKING, TakeoverState.APPLYING))
        audit.record("takeover.stopped", takeover, by=by)


@job("later", tries=12)
def go_on(pk: int, by: str) -> None:
    """A few seconds of what is to be done, and then another job for the rest."""
    takeover = Takeover.objects.get(pk=pk)
    if takeover.state == TakeoverState.CHECKING:
        is_done = look_over(takeover, seconds=SECONDS_AT_ONCE)
    elif takeover.state == TakeoverState.APPLYING:
        is_done = apply(takeover, by=Actor.parse(by), seconds=SECONDS_AT_ONCE)
    else:
        return
    if not is_done:
        go_on.enqueue(pk, by)


@every(days=1)
def forget_lines() -> None:
    """Delete the lines of files, with names and addresses, after a month; how many were taken over stays."""
    TakeoverLine.objects.filter(takeover__at__lt=clock.now() - LINES_KEPT).delete()


def _turn(takeover: Takeover, *, to: TakeoverState, since: tuple[TakeoverState, ...]) -> None:
    if not Takeover.objects.filter(pk=takeover.pk, state__in=since).update(state=to):
        takeover.refresh_from_db()
        raise NotNow(state=takeover.get_state_display())


def _until(seconds: float | None, lines: QuerySet[TakeoverLine]) -> Iterator[TakeoverLine]:
    ends = time.monotonic() + seconds if seconds else None
    for line in list(lines.order_by("number")[:AT_ONCE] if seconds else lines.order_by("number")):
        yield line
        if ends and time.monotonic() > ends:
            return


def _note(line: TakeoverLine, state: LineState, says: str = "", *, pledge: Pledge | None = None) -> None:
    line.state, line.says, line.pledge = state, says[:300], pledge
    line.save(update_fields=["state", "says", "pledge"])


def _asked(takeover: Takeover, line: TakeoverLine) -> tuple[Line, MandateFacts]:
    """A line as it reads, and what the provider says of it."""
    read = read_line(line.written)
    return read, takeovers.look_over(takeover.provider, read.customer, read.method, read.amount.currency)


# --- Reading -------------------------------------------------------------------------------------------------------


def read_line(written: dict[str, str]) -> Line:
    """What is written in a line. Raises BadLine, BadAddress, and whatever an amount is refused with."""
    if lacking := [name for name in NEEDED if name != "name" and not written.get(name)]:
        raise BadLine(why=f"It lacks {', '.join(lacking)}.")
    currency = written["currency"].upper()
    if currency not in CURRENCIES or currency != terms.in_force().currency:
        raise BadLine(why=f"{currency[:8]} is not the currency that is taken here, {terms.in_force().currency}.")
    if written["interval"] not in Interval.values:
        raise BadLine(why="The interval is month or year.")
    interval, today = Interval(written["interval"]), clock.today()
    next_on = _day(written, "next_on")
    started_on = _day(written, "started_on") if written.get("started_on") else today
    if not today < next_on <= today + FURTHEST[interval]:
        raise BadLine(
            why=f"The next day, {next_on}, is past, or further ahead than {written['interval']}ly support goes."
        )
    if started_on > today:
        raise BadLine(why=f"It can't have started on {started_on}, in the future.")
    return Line(
        email=addresses.checked(written["email"]),
        name=written.get("name", "")[:120],
        customer=written["customer"],
        method=written["method"],
        amount=terms.check(Money.parse(written["amount"], currency)),
        interval=interval,
        next_on=next_on,
        started_on=started_on,
    )


def _day(written: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(written[name])
    except ValueError:
        raise BadLine(why=f"{name} is no day: write it as 2027-03-14.") from None


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines with their numbers, names of columns as keys. Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(why="The file is larger than 5 MB: split it.")
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        names = [name.strip().lower() for name in next(rows, [])]
        if lacking := [name for name in NEEDED if name not in names]:
            raise BadFile(why=f"The first line must name the columns; it lacks {', '.join(lacking)}.")
        if unknown := [name for name in names if name not in KNOWN]:
            raise BadFile(why=f"A column is called {unknown[0][:40]!r}: there are {', '.join(KNOWN)}.")
        count = 0
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            count += 1
            if count > MOST_LINES:
                raise BadFile(why=f"There are more than {MOST_LINES:,} lines: split it.")
            cells = [cell.strip().replace("\0", "")[:LONGEST_CELL] for cell in row]
            yield rows.line_num, dict(zip(names, cells, strict=False))
    except UnicodeDecodeError:
        raise BadFile(why="The file is not in UTF-8: save it so from the spreadsheet.") from None
    except csv.Error as error:
        raise BadFile(why=f"This is no CSV file: {error}.") from None
    if not count:
        raise BadFile(why="There is no supporter in it.")


def as_csv(lines: Iterable[TakeoverLine]) -> Iterator[list[str]]:
    """Lines with what becomes of them, to be written as CSV."""
    yield ["line", "outcome", "why", *KNOWN]
    for line in lines:
        yield [str(line.number), line.state, line.says, *(line.written.get(name, "") for name in KNOWN)]
