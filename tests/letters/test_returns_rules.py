"""What follows from reports about an address: who gets no more letters, and who does."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masthead.core import jobs
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord
from masthead.letters import audience, identities, subscribing, suppression
from masthead.letters.models import Delivery, Kind, Reason, Report, Suppression
from masthead.letters.returns.answers import kind_of
from masthead.readers import privacy
from masthead.readers.models import Reader
from tests.worlds.letters_lists import BEHIND, WEEK, lists_of, on_list, supporter, the
from tests.worlds.letters_returns import letter_to, named, report, stopped, tell
from tests.worlds.readers import Browser, mail_to, reader

pytestmark = pytest.mark.django_db

STAFF = Actor.staff(1)


@pytest.fixture
def ada(clock) -> Reader:
    """On the list of the week."""
    return on_list("ada@example.org")


def weeks_of_letters(who: Reader, count: int, clock) -> list[Delivery]:
    """One a week, the last of them now."""
    letters = []
    for _ in range(count):
        clock.forward(days=7)
        letters.append(letter_to(who))
    return letters


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Kind.COMPLAINED, "complained"), (Kind.INVALID, "invalid"), (Kind.REFUSED, None), (Kind.SOFT, None),
     (Kind.DELAYED, None), (Kind.DELIVERED, None), (Kind.OTHER, None)],
)  # fmt: skip
def test_a_complaint_and_a_missing_mailbox_stop_letters_at_once_and_nothing_else_does(ada, kind, reason):
    tell(report(kind, letter_to(ada)))

    assert stopped() == ({"ada@example.org": reason} if reason else {})


def test_five_letters_that_came_back_in_a_month_stop_the_sixth(ada, clock):
    letters = [letter_to(ada, at=clock.now() + timedelta(days=6 * number)) for number in range(5)]
    clock.forward(days=24)
    for letter in letters[:4]:
        tell(report(Kind.SOFT, letter, at=letter.sent_at))
    assert stopped() == {}

    tell(report(Kind.SOFT, letters[4]))

    assert stopped() == {"ada@example.org": "bounced"}


def test_five_in_more_than_a_month_do_not(ada, clock):
    for letter in weeks_of_letters(ada, 4, clock):
        tell(report(Kind.SOFT, letter, at=letter.sent_at))
    clock.forward(days=10)
    tell(report(Kind.SOFT, letter_to(ada)))

    assert stopped() == {}


def test_one_that_arrived_in_between_begins_the_count_anew(ada, clock):
    letters = [letter_to(ada, at=clock.now() + timedelta(days=day)) for day in range(6)]
    clock.forward(days=6)

    tell(*(report(Kind.SOFT, letter, at=letter.sent_at) for number, letter in enumerate(letters) if number != 3))

    assert stopped() == {}  # nobody reported the fourth: it arrived

    tell(report(Kind.SOFT, letters[3], at=letters[3].sent_at))
    assert stopped() == {"ada@example.org": "bounced"}


def test_a_delivery_heard_of_late_lets_letters_go_again(ada, clock):
    letters = [letter_to(ada, at=clock.now() + timedelta(days=day)) for day in range(5)]
    clock.forward(days=5)
    tell(*(report(Kind.SOFT, letter, at=letter.sent_at) for letter in letters))
    assert stopped() == {"ada@example.org": "bounced"}

    tell(report(Kind.DELIVERED, letters[2], at=letters[2].sent_at + timedelta(hours=3)))

    assert stopped() == {}


def test_one_letter_that_two_reports_tell_of_came_back_once(ada, clock):
    letters = [letter_to(ada, at=clock.now() + timedelta(days=day)) for day in range(4)]
    clock.forward(days=4)

    for source in ("mailgun", "mailbox"):
        tell(*(report(Kind.SOFT, letter, at=letter.sent_at, source=source) for letter in letters))

    assert stopped() == {}


def test_a_complaint_also_takes_the_reader_off_that_list_alone(clock):
    sue = supporter()
    letter = letter_to(sue, of=BEHIND)
    subscribing.join(sue, the(WEEK))

    tell(report(Kind.COMPLAINED, letter))

    assert lists_of(sue) == {WEEK}
    assert list(sue.subscriptions.left().values_list("list__slug", "left_how")) == [(BEHIND, "complaint")]


def test_a_complaint_about_nobody_knows_which_letter_takes_the_reader_off_all(ada):
    tell(suppression.Heard("postmark", "c1", Kind.COMPLAINED, address="ADA@example.org"))

    assert (lists_of(ada), stopped()) == (set(), {"ada@example.org": "complained"})


def test_a_late_complaint_leaves_a_list_joined_since_alone(ada, clock):
    letter = letter_to(ada)
    complained_at = clock.now()
    clock.forward(days=2)
    subscribing.leave(ada, the(WEEK), "link")
    subscribing.join(ada, the(WEEK))

    tell(report(Kind.COMPLAINED, letter, at=complained_at))

    assert lists_of(ada) == {WEEK}


def test_who_wants_no_more_by_a_providers_button_leaves_and_is_not_suppressed(ada):
    tell(report(Kind.LEFT, letter_to(ada)))

    assert (lists_of(ada), stopped()) == (set(), {})


def test_a_late_report_hits_no_address_that_was_given_since(ada, clock):
    """The reader has another address now, and somebody else has the old one."""
    letter = letter_to(ada)
    happened = clock.now()
    clock.forward(days=1)
    Reader.objects.filter(pk=ada.pk).update(email="ada@new.example")

    tell(report(Kind.INVALID, letter, at=happened))
    assert stopped() == {}

    other = reader("ada@example.org")
    tell(report(Kind.COMPLAINED, letter, at=happened), report(Kind.INVALID, letter, event_id="again"))
    assert (stopped(), other.pk == ada.pk) == ({}, False)
    assert lists_of(Reader.objects.get(pk=ada.pk)) == {WEEK}


def test_nothing_is_kept_of_an_address_that_nobody_has(ada):
    letter = letter_to(ada)
    privacy.erase(ada, by=ada.actor)

    tell(report(Kind.INVALID, letter, detail="<ada@example.org>: no such user"))

    assert list(Report.objects.values_list("address", "detail")) == [("", "")]
    assert stopped() == {}


def test_what_was_sent_counts_wherever_forwarding_took_it(ada):
    letter = letter_to(ada)

    tell(report(Kind.INVALID, letter, address="old.ada@elsewhere.example"))

    assert stopped() == {"ada@example.org": "invalid"}


def test_a_lifted_address_gets_letters_until_something_new_is_heard(ada, clock):
    tell(report(Kind.INVALID, first := letter_to(ada)))
    clock.forward(hours=1)
    suppression.lift(Suppression.objects.get(), why="She wrote: the mailbox is back.", by=STAFF)
    clock.forward(hours=1)

    tell(report(Kind.INVALID, first, event_id="late", at=clock.now() - timedelta(hours=3)))
    assert stopped() == {}

    tell(report(Kind.INVALID, letter_to(ada)))
    assert stopped() == {"ada@example.org": "invalid"}


def test_lifting_wants_a_reason_and_is_written_to_the_audit_log(ada):
    tell(report(Kind.COMPLAINED, letter_to(ada)))
    row = Suppression.objects.get()

    with pytest.raises(suppression.NoReason):
        suppression.lift(row, why="  ", by=STAFF)
    suppression.lift(row, why="She asked us by telephone.", by=STAFF)
    with pytest.raises(suppression.LiftedAlready):
        suppression.lift(row, why="Once more.", by=STAFF)

    actions = AuditRecord.objects.filter(action__startswith="letters.supp").order_by("pk")
    assert [(record.action, record.by) for record in actions] == [
        ("letters.suppressed", "provider:mailgun"),
        ("letters.suppression_lifted", "staff:1"),
    ]
    assert not any("ada" in str(record.facts) + record.subject for record in actions)


def test_who_signs_in_by_a_message_proves_that_the_mailbox_is_there(ada, clock):
    tell(report(Kind.INVALID, letter_to(ada)))
    clock.forward(hours=1)

    Browser().signs_in("ada@example.org")
    jobs.run_all()

    assert stopped() == {}


def test_a_complaint_is_not_forgiven_by_signing_in(ada, clock):
    tell(report(Kind.COMPLAINED, letter_to(ada)))
    clock.forward(hours=1)

    Browser().signs_in("ada@example.org")
    jobs.run_all()

    assert stopped() == {"ada@example.org": "complained"}


def test_codes_and_receipts_go_to_a_suppressed_address(ada):
    suppression.suppress("ada@example.org", reason=Reason.STAFF, by=STAFF)

    Browser().asks_for_code("ada@example.org")

    assert [message.subject for message in mail_to("ada@example.org") if "code" in message.subject.lower()]


def test_no_letter_is_addressed_to_a_suppressed_address(ada):
    bo = on_list("bo@example.org")
    suppression.suppress("Ada@Example.org ", reason=Reason.STAFF, by=STAFF)

    people = {each.email: each.excluded for each in audience.candidates(the(WEEK), after=0, limit=10)}

    assert people == {ada.email: "suppressed", bo.email: ""}


def test_a_weightier_reason_takes_the_place_of_a_lighter_one_and_never_the_other_way(ada):
    letter = letter_to(ada)

    tell(report(Kind.INVALID, letter))
    tell(report(Kind.COMPLAINED, letter))
    tell(report(Kind.INVALID, letter, event_id="again"))

    assert stopped() == {"ada@example.org": "complained"}


def test_reports_are_forgotten_after_ninety_days_and_what_followed_stays(ada, clock):
    tell(report(Kind.INVALID, letter_to(ada)))
    clock.forward(days=91)

    suppression.forget_reports()

    assert (Report.objects.count(), stopped()) == (0, {"ada@example.org": "invalid"})


def test_a_reader_is_given_what_is_held_and_it_goes_with_the_account(ada):
    tell(report(Kind.INVALID, letter_to(ada), detail="550 5.1.1 no such user"))

    held = privacy.export(ada, by=ada.actor)["letters that came back"]
    privacy.erase(ada, by=ada.actor)

    assert [(row["why"], row["lifted"]) for row in held["stopped"]] == [("invalid", None)]
    assert [row["said"] for row in held["reports"]] == ["550 5.1.1 no such user"]
    assert (Suppression.objects.count(), Report.objects.exclude(address="").count()) == (0, 0)


def test_an_old_letters_name_is_ours_and_a_made_up_one_is_nobodys(ada):
    letter = letter_to(ada)
    genuine = named(letter)
    forged = genuine.replace(f".{ada.pk}.", f".{ada.pk + 1}.")

    assert identities.read(f"<{genuine}>") == (letter.mailing_id, ada.pk)
    assert [identities.read(other) for other in (forged, "", "letter.1.2@x", "letter.x.y.z@x", "<a@b>")] == [None] * 5


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        ("5.1.1", "", Kind.INVALID),
        ("", "550 5.1.1 <jo@example.org>: Recipient address rejected: User unknown", Kind.INVALID),
        ("", "550-5.1.1 The email account that you tried to reach does not exist.", Kind.INVALID),
        ("", "550 5.2.1 The email account that you tried to reach is disabled", Kind.INVALID),
        ("5.1.10", "Recipient not found by SMTP address lookup", Kind.INVALID),
        ("", "550 no such user here", Kind.INVALID),
        ("5.0.0", "550 mailbox not found", Kind.INVALID),
        ("", "554 delivery error: This user doesn't have an account (jo@example.org): unknown user", Kind.INVALID),
        ("5.2.2", "mailbox full", Kind.SOFT),
        ("", "552 over quota", Kind.SOFT),
        ("4.4.1", "connection timed out", Kind.SOFT),
        ("", "452 4.2.2 The mailbox is over its storage limit", Kind.SOFT),
        ("", "421 try again later", Kind.SOFT),
        ("5.4.4", "Host not found", Kind.SOFT),
        ("", "", Kind.SOFT),
        ("550", "", Kind.SOFT),
        ("5.7.1", "message blocked by policy", Kind.REFUSED),
        ("", "550 5.7.26 not authenticated: SPF did not pass", Kind.REFUSED),
        ("", "554 Message rejected as spam by content filter", Kind.REFUSED),
        ("", "550 blocked: user unknown is what we'd like to say", Kind.REFUSED),
        ("5.3.4", "message too big", Kind.REFUSED),
        ("", "from 192.0.2.15 at 5.1.1.7, 550 rejected for policy", Kind.REFUSED),
        ("2.0.0", "delivered", Kind.DELIVERED),
    ],
)  # fmt: skip
def test_an_answer_of_a_mail_server_means(status, text, kind):
    assert kind_of(status, text) == kind


# --- Whatever the order ------------------------------------------------------------------------------------

KINDS = st.sampled_from([Kind.SOFT, Kind.SOFT, Kind.SOFT, Kind.DELIVERED, Kind.INVALID, Kind.COMPLAINED, Kind.REFUSED])


def plainly(told: Sequence[tuple[Kind, int, int]]) -> list[str]:
    """The rules once more, as one would count on paper: kind, day and letter of each report."""
    days = sorted((day, kind == Kind.SOFT, kind, letter) for kind, day, letter in told)
    if any(kind == Kind.COMPLAINED for *_, kind, _ in days):
        return ["complained"]
    if any(kind == Kind.INVALID for *_, kind, _ in days):
        return ["invalid"]
    came_back: dict[int, int] = {}
    for day, _, kind, letter in days:
        if kind == Kind.SOFT:
            came_back.setdefault(letter, day)
    softs = sorted(came_back.values())
    delivered = [day for day, _, kind, _ in days if kind == Kind.DELIVERED]
    for first in range(len(softs) - 4):
        begin, end = softs[first], softs[first + 4]
        if end - begin <= 30 and not any(begin < day <= end for day in delivered):
            return ["bounced"]
    return []


class Undo(Exception):
    """Ends a world that was only tried."""


def life(told: Sequence[tuple[Kind, int, int]], order: Sequence[int], *, at_once: bool) -> list[dict[str, object]]:
    """What is true of an address after these reports came in this order; then the world is as before."""
    truth: list[dict[str, object]] = []
    with suppress(Undo), transaction.atomic():
        ada = on_list("ada@example.org")
        began = datetime(2026, 3, 1, tzinfo=UTC)
        Reader.objects.filter(pk=ada.pk).update(confirmed_at=began - timedelta(days=100))
        letters = [letter_to(ada, at=began - timedelta(days=99)) for _ in range(7)]
        reports = [
            report(kind, letters[letter], at=began + timedelta(days=day), event_id=f"{number}")
            for number, (kind, day, letter) in enumerate(told)
        ]
        if at_once:
            tell(*(reports[number] for number in order))
        else:
            for number in order:
                tell(reports[number])
        truth += Suppression.objects.values("address", "reason", "since", "source")
        raise Undo
    return truth


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(KINDS, st.integers(0, 50), st.integers(0, 6)), max_size=10),
    st.randoms(use_true_random=False),
)
def test_repeats_and_another_order_give_the_same(told, chance):
    order = list(range(len(told)))
    shuffled = [*order, *chance.sample(order, len(order) // 2)]
    chance.shuffle(shuffled)

    became = life(told, shuffled, at_once=False)

    assert became == life(told, order, at_once=True)
    assert [row["reason"] for row in became] == plainly(told)
