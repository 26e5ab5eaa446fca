"""Addresses that get no letters, our standing and letters that are owed, as the desk sees them."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.admin.icons import get_icons

from masthead.core.models import AuditRecord
from masthead.letters import promises, standing, suppression
from masthead.letters.models import Examination, Kind, Overrule, Reason, RefusedReport, ReportsBox, Suppression
from masthead.membership.models import Grant
from tests.letters.dns_server import serving
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.letters_lists import BEHIND, WEEK, on_list, supporter, the
from tests.worlds.letters_returns import letter_to, report, settings, stopped, tell

pytestmark = pytest.mark.django_db

LIST = "/desk/suppression/"
STANDING = "/desk/letters/standing/"
WHY = "The mail house moves on Friday and promised the records."


@pytest.fixture
def editor(db) -> Desk:
    return Desk()


@pytest.fixture
def row(db) -> Suppression:
    """Ada's address, which has no mailbox."""
    tell(report(Kind.INVALID, letter_to(on_list("ada@example.org")), detail="550 5.1.1 no such user"))
    return Suppression.objects.get()


def lines_of(answer) -> list[str]:
    return b"".join(answer.streaming_content).decode().splitlines()


def looks() -> list[str]:
    rows = AuditRecord.objects.filter(action="letters.suppressions_seen").order_by("pk")
    return [row.facts["how"] for row in rows]


def test_an_address_is_found_filtered_and_exported_and_that_is_written_down(editor, row):
    suppression.suppress("bo@example.org", reason=Reason.STAFF, by=editor.person.actor)

    found = sentences_in(editor.get(LIST, {"q": "ada"}))
    filtered = sentences_in(editor.get(LIST, {"reason": "staff"}))
    exported = lines_of(editor.get(LIST, {"export": "csv"}))

    assert ("ada@example.org" in found, "bo@example.org" in found) == (True, False)
    assert ("ada@example.org" in filtered, "bo@example.org" in filtered) == (False, True)
    assert len(exported) == 3
    assert looks() == ["listed", "listed", "exported"]


def test_one_address_is_shown_with_what_was_heard(editor, row):
    page = sentences_in(editor.get(f"{LIST}inspect/{row.pk}/"))

    assert "550 5.1.1 no such user" in page
    assert looks() == ["one of them"]


def test_the_list_costs_the_same_however_long_it_is(editor, row):
    editor.get(LIST)
    with CaptureQueriesContext(connection) as short:
        editor.get(LIST)
    for number in range(20):
        suppression.suppress(f"r{number}@example.org", reason=Reason.STAFF, by=editor.person.actor)
    with CaptureQueriesContext(connection) as long:
        editor.get(LIST)

    assert len(long) == len(short)


def test_letters_go_again_once_somebody_says_why(editor, row):
    address = f"/desk/letters/not-written-to/{row.pk}/lift/"

    assert "no such mailbox" in sentences_in(editor.get(address))
    refused = editor.post(address, {"why": " "})
    assert "Say why" in sentences_in(refused)
    assert stopped() == {"ada@example.org": "invalid"}

    editor.post(address, {"why": "She wrote from it."})
    row.refresh_from_db()
    assert (stopped(), row.lifted_by, row.lifted_why) == ({}, str(editor.person.actor), "She wrote from it.")
    assert editor.post(address, {"why": "Again."}).status_code == 404


def test_the_desk_stops_letters_to_an_address_by_itself(editor):
    address = "/desk/letters/not-written-to/stop/"

    bad = editor.post(address, {"address": "ada", "detail": "She telephoned."})
    assert "lacks the @ sign" in sentences_in(bad)
    editor.post(address, {"address": "Ada@Example.org", "detail": "She telephoned."})

    assert stopped() == {"ada@example.org": "staff"}


def test_who_may_not_does_not(row):
    reporter = Desk("Reporters")

    for path in (LIST, f"{LIST}inspect/{row.pk}/", f"/desk/letters/not-written-to/{row.pk}/lift/", STANDING):
        assert reporter.get(path).status_code in (302, 403), path
    for path in ("/desk/letters/not-written-to/stop/", f"{STANDING}overrule/", f"{STANDING}look/"):
        assert reporter.post(path, {"address": "bo@example.org", "detail": "x", "reason": WHY}).status_code in (
            302,
            403,
        )
    assert stopped() == {"ada@example.org": "invalid"}
    assert looks() == []


def test_a_suppression_is_edited_by_no_form_of_all_fields(editor, row):
    for path in (f"{LIST}new/", f"{LIST}edit/{row.pk}/", f"{LIST}delete/{row.pk}/"):
        assert editor.post(path, {"address": "x@example.org"}).status_code in (302, 403, 404)

    assert stopped() == {"ada@example.org": "invalid"}


def test_every_icon_is_one_that_the_desk_has():
    assert [
        name for name in ("warning", "globe", "check", "cross", "help") if f'id="icon-{name}"' not in get_icons()
    ] == []


# --- Standing -----------------------------------------------------------------------------------------------


@pytest.fixture
def bare(db):
    """A domain of which the DNS says nothing."""
    with (
        serving({("haverness.example", "TXT"): ["hello"]}) as server,
        settings(dns_server=server.place, mail="smtp://127.0.0.1:2525", letters_from="letters@haverness.example"),
    ):
        yield server


def test_the_desk_looks_and_overrules_in_writing(editor, bare):
    assert "Nobody has looked yet" in sentences_in(editor.get(STANDING))

    looked = sentences_in(editor.post(f"{STANDING}look/", follow=True))
    assert "Letters to many wait" in looked
    assert "has no DMARC record" in looked

    short = sentences_in(editor.post(f"{STANDING}overrule/", {"reason": "because"}))
    assert ("full sentence" in short, "because" in short, Overrule.objects.count()) == (True, True, 0)

    done = sentences_in(editor.post(f"{STANDING}overrule/", {"reason": WHY}, follow=True))
    assert (WHY in done, "It was overruled" in done, standing.clear_for(501).passes) == (True, True, True)


def test_looking_at_the_page_asks_nobody_and_changes_nothing(editor, bare):
    editor.get(STANDING)
    editor.get(f"{STANDING}look/")

    assert (bare.asked, Examination.objects.count()) == ([], 0)


def test_trouble_with_the_mailbox_and_what_was_refused_are_shown(editor, clock):
    ReportsBox.objects.create(name="imaps://mail.example/INBOX", trouble="TimeoutError: timed out")
    RefusedReport.objects.create(source="mailgun", day=clock.today(), count=4)

    with settings(returns_mailbox="imaps://returns%40haverness.example@mail.example/INBOX"):
        page = sentences_in(editor.get(STANDING))

    assert "TimeoutError: timed out" in page
    assert "4 reports from “mailgun”" in page


# --- Letters that are owed ----------------------------------------------------------------------------------


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def goes_to(clock, day: date) -> None:
    """Move the clock to noon of a day."""
    clock.forward(seconds=round((noon(day) - clock.now()).total_seconds()))


def owed() -> list[tuple[str, date, int]]:
    return [(broken.list.slug, broken.since, broken.missing) for broken in promises.broken()]


def test_nothing_is_owed_where_nobody_was_promised_anything():
    assert owed() == []


def test_a_month_without_its_letter_is_a_broken_promise(clock):
    goes_to(clock, date(2027, 1, 20))
    sue = supporter()
    goes_to(clock, date(2027, 2, 28))
    assert owed() == []

    goes_to(clock, date(2027, 3, 1))
    assert owed() == [(BEHIND, date(2027, 3, 1), 1)]  # February was the first whole month

    goes_to(clock, date(2027, 4, 10))
    assert owed() == [(BEHIND, date(2027, 3, 1), 2)]

    letter_to(sue, of=BEHIND)
    assert owed() == []


def test_a_week_without_its_letter_is_a_broken_promise(clock):
    goes_to(clock, date(2027, 3, 3))  # a Wednesday
    ada = on_list("ada@example.org", WEEK)
    letter_to(ada)
    goes_to(clock, date(2027, 3, 14))
    assert owed() == []

    goes_to(clock, date(2027, 3, 15))
    assert owed() == [(WEEK, date(2027, 3, 15), 1)]


def test_a_letter_withdrawn_later_came_all_the_same(clock):
    goes_to(clock, date(2027, 3, 3))
    letter = letter_to(on_list("ada@example.org", WEEK))
    issue = letter.mailing.issue
    issue.withdrawn_at = clock.now()
    issue.save()

    assert owed() == []


def test_a_list_without_rhythm_owes_nothing(clock):
    supporter()
    behind = the(BEHIND)
    behind.rhythm = ""
    behind.save()
    clock.forward(months=5)

    assert (owed(), Grant.objects.filter(benefit="letter").exists()) == ([], True)


def test_the_desks_home_shows_it_to_who_can_write_the_letter(clock, editor):
    goes_to(clock, date(2027, 1, 20))
    supporter()
    assert "Letters that are owed" not in sentences_in(editor.get("/desk/"))

    goes_to(clock, date(2027, 3, 1))
    page = sentences_in(editor.get("/desk/"))

    assert "“Behind the scenes” is promised every month, and one is missing" in page
    assert "/desk/letters/begin/" in page
