"""What the invented paper has promised and kept: letters sent, calls held and to come, a year and a half of books.

Each thing is made by the verb that its editors and readers use, on the day on which it happened: the clock is led back
for that moment. Only what a mail server or a bank would have said is written down as said.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files import File

from masthead.calls import afterwards, dates, questions, seats, series
from masthead.calls.models import Call, Question, Seat, Series
from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.models import Message
from masthead.letters import issues, subscribing
from masthead.letters.models import Delivery, DeliveryState, Issue, LetterList, Mailing, MailingState, Rhythm
from masthead.membership import reasons
from masthead.money import ledger, months, receipts
from masthead.money.amounts import Money
from masthead.money.ledger import Account, credit, debit
from masthead.newsroom.models import Person
from masthead.openbooks import spending
from masthead.openbooks.models import Category, Payee
from masthead.readers.models import Reader
from masthead.web.demo import CONTENT

LOADER = Actor.system("demo")
READERS_HOST = "readers.courier.example"
BEFORE_THE_FIRST_CALL = timedelta(days=40)
BEFORE_A_CALL = timedelta(days=10)
LETTER_OF_THE_MONTH_ON = 16
BETWEEN_LETTERS = timedelta(days=7)
MINUTES_AN_ANSWER = 12

Facts = dict[str, Any]


def load(*, letters: list[Facts], calls: Facts, books: Facts, body: Callable[[list[Facts]], list[Any]]) -> None:
    """Add all of it. `body` makes the blocks of a letter out of its facts."""
    days = _days_of_calls(len(calls["held"]))
    with at(clock.start_of(days[0]) - BEFORE_THE_FIRST_CALL):
        readers = _supporters(calls["supporters"])
    _hold_calls(calls, readers, days)
    _send_letters(letters, readers, body)
    _keep_books(books)
    Message.objects.filter(to__endswith=READERS_HOST).delete()  # the mailbox page begins empty


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Do what is inside at `moment`."""
    before = clock.offset()
    clock.move_to(before + round((moment - clock.now()).total_seconds()))
    try:
        yield
    finally:
        clock.move_to(before)


# --- people -------------------------------------------------------------------------------------------------


def _supporters(count: int) -> list[Reader]:
    until = clock.today() + timedelta(days=3 * 365)
    given = [
        reasons.give_courtesy(
            email=f"supporter-{number}@{READERS_HOST}", until=until, why="Invented for the demonstration", by=LOADER
        )
        for number in range(1, count + 1)
    ]
    return [courtesy.reader for courtesy in given]


# --- calls --------------------------------------------------------------------------------------------------


def _days_of_calls(count: int) -> list[date]:
    """The last days that the rule of a quarter names, before today."""
    rule = Series()
    day, days = clock.today() - timedelta(days=100 * (count + 1)), []
    while (day := series.next_day(rule, day)) < clock.today():
        days.append(day)
    return days[-count:]


def _hold_calls(facts: Facts, readers: list[Reader], days: list[date]) -> None:
    names = facts["names"]
    with at(clock.start_of(days[0]) - BEFORE_THE_FIRST_CALL + timedelta(hours=1)):
        routine = series.start(by=LOADER)
        routine.place = {"url": facts["room"]}
        routine.save()
        Call.objects.update(place=routine.place)
    for told in facts["held"]:
        call = Call.objects.coming(clock.start_of(days[-told["back"]])).get()
        with at(call.starts_at - BEFORE_A_CALL):
            asked = _fill(call, told, readers, names)
        _hold(call, told, asked)
    _fill(Call.objects.coming().get(), facts["next"], readers, names)


def _fill(call: Call, facts: Facts, readers: list[Reader], names: list[str]) -> list[Question]:
    """Seats, questions and votes."""
    for reader in readers[: facts["seats"]]:
        seats.reserve(call, reader)
    asked = []
    for number, told in enumerate(facts["questions"]):
        is_anonymous = told.get("anonymous", False)
        name = "" if is_anonymous else names[number % len(names)]
        question = questions.ask(call, readers[number], text=told["text"], name=name, anonymously=is_anonymous)
        for reader in readers[: told["votes"]]:
            questions.vote(question, reader)
        asked.append(question)
    return asked


def _hold(call: Call, facts: Facts, asked: list[Question]) -> None:
    for number, question in enumerate(asked):
        with at(call.starts_at + timedelta(minutes=1 + MINUTES_AN_ANSWER * number)):
            questions.mark_answered(question, by=LOADER)
    with at(call.ends_at + timedelta(hours=1)):
        series.keep_going()
        call.refresh_from_db()
        came = Seat.objects.reserved().filter(call=call)[: facts["came"]].values_list("pk", flat=True)
        Seat.objects.filter(pk__in=list(came)).update(came_at=call.starts_at)
        call.came_count = facts["came"]
        call.save(update_fields=["came_count"])
        call = dates.describe(call, by=LOADER, title=facts["title"], standfirst=facts["standfirst"])
        afterwards.keep_notes(call, notes=facts["notes"], film=None, by=LOADER)
    if "recording" in facts:
        with at(call.ends_at + timedelta(days=1)):
            _publish_recording(call, facts, asked)


def _publish_recording(call: Call, facts: Facts, asked: list[Question]) -> None:
    folder = CONTENT / "calls"
    with (folder / facts["recording"]).open("rb") as film, (folder / facts["captions"]).open("rb") as captions:
        afterwards.keep_recording(
            call,
            film=File(film, name=facts["recording"]),
            captions=File(captions, name=facts["captions"]),
            seconds=facts["seconds"],
            by=LOADER,
        )
    afterwards.set_chapters(
        call,
        {question.pk: told["second"] for question, told in zip(asked, facts["questions"], strict=True)},
        by=LOADER,
    )
    afterwards.publish(call, by=LOADER)


# --- letters ------------------------------------------------------------------------------------------------


def _send_letters(all_facts: list[Facts], readers: list[Reader], body: Callable[[list[Facts]], list[Any]]) -> None:
    lists = {letters.slug: letters for letters in LetterList.objects.all()}
    for reader in readers[::2]:
        for letters in lists.values():
            if letters.is_free:
                subscribing.join(reader, letters, by=LOADER)
    earlier: dict[str, int] = {}
    moments = []
    for facts in all_facts:  # the newest of each list stands first
        letters = lists[facts["list"]]
        number = earlier.get(letters.slug, 0)
        earlier[letters.slug] = number + 1
        moments.append((_moment_of(letters, number, facts), letters, facts))
    for moment, letters, facts in sorted(moments, key=lambda each: each[0]):
        with at(moment):
            due = readers[::2] if letters.is_free else readers
            _send(letters, facts, due, body(facts["body"]))


def _moment_of(letters: LetterList, number: int, facts: Facts) -> datetime:
    """When a letter went out: the `number`th before the newest."""
    today = clock.today()
    if letters.rhythm == Rhythm.MONTH:
        is_out = today.day > LETTER_OF_THE_MONTH_ON
        day = clock.add_months(today.replace(day=LETTER_OF_THE_MONTH_ON), -number if is_out else -number - 1)
    else:
        day = today - timedelta(days=1) - number * BETWEEN_LETTERS
    return datetime.combine(day, time.fromisoformat(facts["time"]), tzinfo=clock.zone())


def _send(letters: LetterList, facts: Facts, readers: list[Reader], body: list[Any]) -> None:
    """An issue, as it was let out; what the mail server said of each copy is written down as said."""
    issue = Issue(
        list=letters,
        slug=facts["slug"],
        subject=facts["subject"],
        preheader=facts.get("preheader", ""),
        headline=facts["headline"],
        written_by=Person.objects.get(slug=facts["written_by"]),
        made_at=clock.now() - timedelta(hours=3),
    )
    issue.body = body
    issue.full_clean()
    issue.save()
    issues.let_out(Issue.objects.get(pk=issue.pk))
    now = clock.now()
    mailing = Mailing.objects.create(
        issue=issue,
        state=MailingState.DONE,
        send_at=now,
        asked_by=str(LOADER),
        asked_at=now,
        freezing_at=now,
        frozen_at=now,
        total=len(readers),
        begun_at=now,
        finished_at=now + timedelta(seconds=len(readers)),
    )
    Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            reader=reader,
            address=reader.email or "",
            domain=READERS_HOST,
            edition="supporter",
            state=DeliveryState.SENT,
            tries=1,
            sent_at=now + timedelta(seconds=number),
        )
        for number, reader in enumerate(readers)
    )


# --- books --------------------------------------------------------------------------------------------------


def _keep_books(facts: Facts) -> None:
    """Months of income, as the practice bank would have collected it, and of what was spent."""
    categories = {category.name: category for category in Category.objects.all()}
    first = clock.today().replace(day=1)
    for month in facts["months"]:
        begins = clock.add_months(first, -month["back"])
        _post(begins, month)
        for name, rule in facts["spending"].items():
            if name in month:
                spending.enter(
                    on=begins.replace(day=rule["day"]),
                    category=categories[rule["category"]],
                    amount=_pounds(month[name]),
                    payee=Payee(rule["payee"]),
                    note=rule["note"],
                    by=LOADER,
                )
    if oldest := months.next_to_close():
        months.close(oldest, by=LOADER)
    receipts.name(**facts["receipts"], by=LOADER)


def _post(begins: date, month: Facts) -> None:
    """One entry for what members gave in the month and one for gifts, each with its part of the fees."""
    members, gifts, fees = (_pounds(month[name]) for name in ("from_members", "from_gifts", "fees"))
    parts = fees.split([members.minor, gifts.minor])
    for account, amount, fee in zip((Account.MEMBERSHIP, Account.GIFTS), (members, gifts), parts, strict=True):
        ledger.post(
            f"demo:{begins:%Y-%m}:{account.partition(':')[2]}",
            on=begins.replace(day=25),
            lines=[
                debit(Account.owed_by("practice"), amount - fee),
                debit(Account.FEES, fee),
                credit(account, amount),
            ],
            method="card",
        )
    held = members + gifts - fees
    ledger.post(
        f"demo:{begins:%Y-%m}:payout",
        on=begins.replace(day=25),
        lines=[debit(Account.BANK, held), credit(Account.owed_by("practice"), held)],
    )


def _pounds(written: str) -> Money:
    return Money(int(Decimal(written) * 100), "GBP")
