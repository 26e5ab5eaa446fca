"""Supporters who gave through other software: taken over once, charged once, told before."""

import csv
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord, Message
from masthead.core.refusals import Trouble
from masthead.giving import collecting, pledges, takeovers
from masthead.giving.models import Pledge, Takeover
from masthead.membership.models import AD_FREE, Grant
from masthead.money.models import Mandate, Notice, Payment
from masthead.readers import privacy
from masthead.readers.models import Reader
from masthead.web.commands import attach_mandates
from tests.gocardless_server import accounts
from tests.stripe_server import cards
from tests.worlds.desk import Desk
from tests.worlds.gocardless import Debits, open_debits
from tests.worlds.money import GBP
from tests.worlds.stripe import Till, open_till

STAFF = Actor.staff(7)
NAMES = list(takeovers.KNOWN)


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    with open_till() as opened:
        yield opened


@pytest.fixture
def debits(db: None) -> Iterator[Debits]:
    with open_debits() as opened:
        yield opened


def line(number: int, customer: str, method: str, **other: str) -> dict[str, str]:
    """A good line, but for what is said otherwise."""
    return {
        "email": f"supporter{number}@example.org", "name": f"Supporter {number}",
        "customer": customer, "method": method,
        "amount": "5.00", "currency": "GBP", "interval": "month",
        "next_on": (the_clock.today() + timedelta(days=20)).isoformat(), "started_on": "2024-03-14", **other,
    }  # fmt: skip


def a_file(*lines: dict[str, str]) -> bytes:
    rows = [NAMES, *([one.get(name, "") for name in NAMES] for one in lines)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def outcomes(takeover: Takeover) -> list[tuple[str, str]]:
    return list(takeover.lines.order_by("number").values_list("state", "says"))


def taken(till: Till, *lines: dict[str, str], provider: str = "stripe") -> Takeover:
    takeover = takeovers.begin(a_file(*lines), provider=provider, by=STAFF)
    assert takeovers.look_over(takeover)
    takeovers.allow(Takeover.objects.get(pk=takeover.pk), by=STAFF)
    assert takeovers.apply(takeover, by=STAFF)
    return takeover


def test_nobody_enters_a_card_again_and_the_first_collection_is_told_before(till: Till, clock):
    takeover = taken(till, line(1, *till.book.elsewhere(cards.GOOD)))
    pledge = Pledge.objects.get()

    reader = Reader.objects.get()
    assert (reader.email, reader.name) == ("supporter1@example.org", "Supporter 1")
    assert (pledge.state, pledge.reader, pledge.paid_until) == ("active", reader, pledge.next_on)
    assert pledge.mandate.hint == "card ending 4242"
    assert Payment.objects.count() == 0
    assert Grant.objects.filter(reader=reader, benefit=AD_FREE).exists()
    mail = Message.objects.get(to=reader.email)
    assert "card ending 4242" in mail.text
    assert Notice.objects.get().day == pledge.next_on
    clock.forward(days=21)
    jobs.run_all(with_clock=True)
    till.tell()
    pledge.refresh_from_db()
    assert [(row.state, row.amount) for row in pledge.instalments.all()] == [("collected", GBP("5.00"))]
    assert Payment.objects.get().state == "collected"
    takeover.refresh_from_db()
    assert (takeover.state, takeover.taken_count) == ("done", 1)


def test_what_was_paid_before_lasts_when_it_ends(till: Till):
    taken(till, line(1, *till.book.elsewhere(cards.GOOD)))
    pledge = Pledge.objects.get()

    pledges.end(pledge, by=pledge.reader.actor)

    grant = Grant.objects.get(reader=pledge.reader, benefit=AD_FREE)
    assert grant.until_at == the_clock.start_of(pledge.paid_until)


def test_a_line_that_is_not_right_says_why_and_changes_nothing(till: Till):
    good, other = till.book.elsewhere(cards.GOOD), till.book.elsewhere(cards.GOOD)
    gone = till.book.elsewhere(cards.GOOD)
    till.book.detach(gone[1])
    past = (the_clock.today() - timedelta(days=1)).isoformat()
    lines = [
        line(1, *good),
        line(2, good[0], other[1]),
        line(3, *till.book.elsewhere(cards.GOOD, subscribed=True)),
        line(4, "cus_nobody", other[1]),
        line(5, *gone),
        line(6, *other, email="not an address"),
        line(7, *other, amount="nothing"),
        line(8, *other, next_on=past),
        line(9, *other, interval="week"),
        line(10, *till.book.elsewhere("AT611904300234573201")),
        line(11, *other, currency="USD"),
        line(12, *other) | {"customer": ""},
    ]

    takeover = takeovers.begin(a_file(*lines), provider="stripe", by=STAFF)
    takeovers.look_over(takeover)

    assert outcomes(takeover)[0] == ("good", "")
    assert {state for state, _ in outcomes(takeover)[1:]} == {"bad"}
    for (_, says), expected in zip(
        outcomes(takeover)[1:],
        (
            "does not belong to", "cancel it first, or they pay twice", "No such", "does not belong to",
            "lacks the @ sign", "amount", "is past", "month or year", "nothing in GBP can be collected later",
            "not the currency that is taken here", "It lacks customer",
        ),
        strict=True,
    ):  # fmt: skip
        assert expected in says
    assert (Pledge.objects.count(), Mandate.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_the_same_file_twice_takes_nobody_over_twice_and_looks_anew_at_what_was_bad(till: Till):
    good, later = till.book.elsewhere(cards.GOOD), till.book.elsewhere(cards.GOOD)
    plan = till.book.subscribe(later[0])
    lines = [line(1, *good), line(2, *later), line(3, *good)]

    first = taken(till, *lines)
    before = outcomes(first)
    plan["status"] = "canceled"
    again = taken(till, *lines)

    assert [state for state, _ in before] == ["taken", "bad", "known"]
    assert (again.pk, [state for state, _ in outcomes(again)]) == (first.pk, ["taken", "taken", "known"])
    assert Pledge.objects.count() == Mandate.objects.count() == 2


def test_an_outage_stops_it_and_it_goes_on_where_it_was(till: Till):
    takeover = takeovers.begin(
        a_file(*(line(n, *till.book.elsewhere(cards.GOOD)) for n in (1, 2, 3))), provider="stripe", by=STAFF
    )
    till.server.faults = ["", "", "", "500"]

    with pytest.raises(Trouble):
        takeovers.look_over(takeover)
    halfway = [state for state, _ in outcomes(takeover)]
    takeovers.look_over(takeover)

    assert halfway == ["good", "unseen", "unseen"]
    assert [state for state, _ in outcomes(takeover)] == ["good"] * 3


def test_a_mandate_at_gocardless_is_taken_over_unless_something_is_collected_on_it(debits: Debits):
    free, over = debits.book.elsewhere(accounts.GOOD), debits.book.elsewhere(accounts.GOOD)
    bound = debits.book.elsewhere(accounts.GOOD, subscribed=True)
    debits.book.cancel_mandate(over[1])
    strange = ("CU000001x", free[1])

    takeover = takeovers.begin(
        a_file(*(line(n, *one) for n, one in enumerate((free, bound, over, strange)))), provider="gocardless", by=STAFF
    )
    takeovers.look_over(takeover)

    says = [says for _, says in outcomes(takeover)]
    assert [state for state, _ in outcomes(takeover)] == ["good", "bad", "bad", "bad"]
    assert "cancel it first" in says[1]
    assert "it is cancelled" in says[2]
    assert "does not belong to" in says[3]
    takeovers.allow(Takeover.objects.get(pk=takeover.pk), by=STAFF)
    takeovers.apply(takeover, by=STAFF)
    assert Pledge.objects.get().mandate.provider_ref == free[1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "must name the columns"),
        (b"email,name\n", "it lacks customer"),
        (",".join(NAMES).encode() + b"\n", "no supporter in it"),
        (",".join([*NAMES, "iban"]).encode() + b"\n", "called 'iban'"),
        (b"\xff\xfe\x00", "not in UTF-8"),
        (b"x" * (takeovers.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(db, content, says):
    with pytest.raises(takeovers.BadFile, match=says):
        takeovers.begin(content, provider="stripe", by=STAFF)
    assert Takeover.objects.count() == 0


def test_the_desk_looks_first_and_takes_over_on_a_word(till: Till, tmp_path):
    desk, editor = Desk("Supporter care"), Desk("Editors")
    path = tmp_path / "supporters.csv"
    path.write_bytes(a_file(line(1, *till.book.elsewhere(cards.GOOD)), line(2, "cus_nobody", "pm_none")))
    with path.open("rb") as upload:
        desk.post("/desk/giving/take-over/", {"provider": "stripe", "file": upload})
    jobs.run_all()
    here = f"/desk/giving/take-over/{Takeover.objects.get().pk}/"
    looked = desk.get(here).content.decode()
    before = Pledge.objects.count()

    desk.post(here + "apply/")
    jobs.run_all()
    shown = desk.get(here + "?state=bad&export=csv").content.decode()

    assert "Take 1 supporter over" in looked
    assert (before, Pledge.objects.count()) == (0, 1)
    assert [row["line"] for row in csv.DictReader(shown.splitlines())] == ["3"]
    assert desk.get("/desk/takeover/").status_code == 200
    searched = desk.get(here + "?q=supporter2").content.decode()
    assert ("supporter2@example.org" in searched, "supporter1@example.org" in searched) == (True, False)
    assert editor.get(here).status_code == 302
    assert AuditRecord.objects.get(action="takeover.applied").by == str(desk.person.actor)


def test_the_command_tries_first_and_lists_what_is_bad(till: Till, tmp_path, capsys):
    path, bad = tmp_path / "supporters.csv", tmp_path / "bad.csv"
    path.write_bytes(a_file(line(1, *till.book.elsewhere(cards.GOOD)), line(2, "cus_nobody", "pm_none")))
    words = {"file": str(path), "provider": "stripe", "bad": str(bad)}

    tried = attach_mandates.run(Namespace(apply=False, **words))
    said, untouched = capsys.readouterr().out, Pledge.objects.count()
    done = attach_mandates.run(Namespace(apply=True, **words))

    assert (tried, done, untouched, Pledge.objects.count()) == (1, 1, 0, 1)
    assert "line     2  can be taken over" in said
    assert "Cancel what the other software collects first" in said
    assert [row["email"] for row in csv.DictReader(bad.open())] == ["supporter2@example.org"]
    with pytest.raises(SystemExit, match="Cannot read"):
        attach_mandates.run(Namespace(apply=False, **{**words, "file": str(tmp_path / "none.csv")}))


def test_lines_go_after_a_month_and_with_the_account(till: Till, clock):
    takeover = taken(till, line(1, *till.book.elsewhere(cards.GOOD)), line(2, *till.book.elsewhere(cards.GOOD)))
    reader = Reader.objects.get(email="supporter1@example.org")

    privacy.HOLDINGS["giving"].erase(reader)
    written = list(takeover.lines.values_list("written", flat=True))
    clock.forward(days=31)
    takeovers.forget_lines()

    assert (written[0], written[1]["email"]) == ({}, "supporter2@example.org")
    assert takeover.lines.count() == 0
    assert collecting.collect_due(Pledge.objects.get(reader=reader)) is None
