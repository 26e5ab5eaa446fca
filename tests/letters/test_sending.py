"""Sending: who gets it is frozen, each gets one, what is refused or late is known, and it can be stopped."""

from collections import Counter
from datetime import timedelta

import pytest

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.models import AuditRecord
from masthead.letters import issues, sending, subscribing
from masthead.letters.desk.deeds import state_of
from masthead.letters.models import Delivery, Issue, Left, Mailing, Suppression
from masthead.letters.sending import batches, freezing, mailings
from tests.letters.servers import MailServer
from tests.worlds.letters_issues import HELEN, an_appeal
from tests.worlds.letters_lists import BEHIND, WEEK, on_list, supporter, thanked, the
from tests.worlds.letters_sending import BODY, a_letter, fresh, readers, sends_through, sent, states, tick
from tests.worlds.readers import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def server():
    made = MailServer()
    with sends_through(made):
        yield made
    made.close()


def test_everybody_on_the_list_gets_one(server):
    addresses = readers(7)

    mailing = sent()

    assert server.counts == Counter(addresses)
    assert (mailing.state, mailing.total, mailing.repeats, mailing.excluded) == ("done", 7, 0, {})
    assert set(states(mailing).values()) == {"sent"}


def test_many_messages_go_over_one_connection(server):
    readers(40)

    sent()

    assert (len(server.taken), server.connections) == (40, 1)


def test_a_server_without_pipelining_takes_them_too():
    made = MailServer(pipelining=False)
    made.refusing["reader-1@example.org"] = "550 5.1.1 no such user"
    readers(3)

    with sends_through(made):
        mailing = sent()

    made.close()
    assert states(mailing) == {
        "reader-0@example.org": "sent",
        "reader-1@example.org": "refused",
        "reader-2@example.org": "sent",
    }


def test_the_archive_shows_the_issue_as_soon_as_it_goes_out(server):
    readers(1)
    issue = a_letter()

    sent(issue)

    issue.refresh_from_db()
    assert issue.is_standing


def test_who_is_left_out_is_listed_by_reason(server):
    readers(2)
    gone = on_list("gone@example.org")
    subscribing.leave(gone, the(WEEK), Left.LINK)
    Suppression.objects.create(address=on_list("dead@example.org").email, reason="invalid", since=the_clock.now())

    mailing = sent()

    assert mailing.excluded == {"left": 1, "suppressed": 1}
    assert mailings.exclusions(mailing) == [
        ("left", freezing.EXCLUSIONS["left"], 1),
        ("suppressed", freezing.EXCLUSIONS["suppressed"], 1),
    ]
    assert server.counts == Counter(["reader-0@example.org", "reader-1@example.org"])


def test_a_supporters_letter_goes_to_those_with_a_grant_alone(server, clock):
    supporter("sue@example.org")
    supporter("sam@example.org")
    reader("vic@example.org")
    issue = a_letter(of=BEHIND)
    mailing = sending.schedule(issue, the_clock.now() + timedelta(days=300), HELEN)
    supporter("new@example.org")
    clock.forward(days=100)
    subscribing.leave(reader("sam@example.org"), the(BEHIND), Left.ACCOUNT)
    sending.schedule(issue, the_clock.now() + timedelta(minutes=1), HELEN)
    clock.forward(minutes=2)

    tick()

    assert server.counts == Counter(["sue@example.org", "new@example.org"])
    assert fresh(mailing).excluded == {"left": 1}


def test_recipients_are_counted_before_the_first_message(server):
    readers(5)
    mailing = sending.send(a_letter(), HELEN)

    freezing.freeze(mailing.pk)

    assert (fresh(mailing).total, fresh(mailing).state, len(server.taken)) == (5, "sending", 0)


def test_freezing_goes_on_where_it_was(server, monkeypatch):
    addresses = readers(25)
    monkeypatch.setattr(freezing, "A_STEP", 10)
    mailing = sending.send(a_letter(), HELEN)
    freezing._step(mailing.pk)
    assert Delivery.objects.count() == 10

    freezing.freeze(mailing.pk)
    freezing.freeze(mailing.pk)

    assert fresh(mailing).total == 25
    assert sorted(Delivery.objects.values_list("address", flat=True)) == sorted(addresses)


def test_who_left_after_the_freezing_gets_none(server):
    readers(3)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    subscribing.leave(reader("reader-1@example.org"), the(WEEK), Left.LINK)

    tick()

    assert server.counts == Counter(["reader-0@example.org", "reader-2@example.org"])
    assert [code for code, _, _ in mailings.exclusions(mailing)] == ["left"]
    assert fresh(mailing).state == "done"


def test_a_reader_who_moved_gets_it_at_the_new_address(server):
    readers(2)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    moved = reader("reader-1@example.org")
    moved.email = "elsewhere@example.net"
    moved.save()

    tick()

    assert server.counts == Counter(["reader-0@example.org", "elsewhere@example.net"])


def test_who_supports_by_now_is_not_asked_however_long_the_letter_waited(server, clock):
    on_list("ada@example.org")
    on_list("sue@example.org")
    thanked(on_list("tom@example.org"))
    server.go_away()
    mailing = sent(a_letter(body=[*BODY, an_appeal("Free because others pay")]))
    assert editions(mailing) == {
        "ada@example.org": "public",
        "sue@example.org": "public",
        "tom@example.org": "supporter",
    }

    supporter("sue@example.org")
    server.come_back()
    clock.forward(minutes=1)
    tick()

    asked = {one.to: b"Free because others pay" in one.data for one in server.taken}
    assert asked == {"ada@example.org": True, "sue@example.org": False, "tom@example.org": False}
    assert editions(mailing)["sue@example.org"] == "supporter"


def editions(mailing):
    """Which edition each gets."""
    return dict(mailing.deliveries.values_list("address", "edition"))


# --- Refusals ------------------------------------------------------------------------------------------------


def test_a_mailbox_that_does_not_exist_is_refused_for_good_and_suppressed(server):
    readers(3)
    server.refusing["reader-1@example.org"] = "550 5.1.1 no such user"

    mailing = sent()

    row = mailing.deliveries.get(address="reader-1@example.org")
    assert (row.state, row.reason, row.says) == ("refused", "invalid", "5.1.1 no such user")
    assert list(Suppression.objects.values_list("address", "reason")) == [("reader-1@example.org", "invalid")]
    assert mailing.state == "done"


def test_an_ordinary_refusal_suppresses_nobody(server):
    readers(3)
    server.refusing["reader-1@example.org"] = "554 5.7.1 we do not like this"

    mailing = sent()

    assert mailing.deliveries.get(address="reader-1@example.org").reason == "refused"
    assert not Suppression.objects.exists()


def test_a_temporary_refusal_is_tried_again_later_and_later(server, clock):
    readers(2)
    server.refusing["reader-1@example.org"] = "451 4.7.1 greylisted"
    mailing = sent()
    row = mailing.deliveries.get(address="reader-1@example.org")
    assert (row.state, row.tries, fresh(mailing).state) == ("waiting", 1, "sending")
    first = row.next_try_at - the_clock.now()

    clock.forward(minutes=2)
    tick()
    row.refresh_from_db()
    second = row.next_try_at - the_clock.now()
    del server.refusing["reader-1@example.org"]
    clock.forward(minutes=10)
    tick()

    assert second > first
    assert server.counts == Counter(["reader-0@example.org", "reader-1@example.org"])
    assert (fresh(mailing).state, fresh(mailing).repeats) == ("done", 0)


def test_after_days_of_later_a_copy_is_given_up(server, clock):
    readers(2)
    server.refusing["reader-1@example.org"] = "452 4.2.2 mailbox full"
    mailing = sent()

    for pause in batches.RETRIES:
        clock.forward(seconds=int(pause.total_seconds()) + 120)
        tick()

    row = mailing.deliveries.get(address="reader-1@example.org")
    assert (row.state, row.reason, row.tries) == ("failed", "given-up", len(batches.RETRIES) + 1)
    assert fresh(mailing).state == "done"


def test_a_full_server_makes_the_whole_mailing_wait_and_say_so(server, clock):
    addresses = [address for number in range(15) for address in readers(2, domain=f"of-{number}.example")]
    server.full_for = 12

    mailing = sent()

    assert mailing.says == "The mail server asks us to come later: 452 4.3.1 insufficient system storage"
    for _ in range(6):
        clock.forward(minutes=2)
        tick()
    assert server.counts == Counter(addresses)
    assert (fresh(mailing).state, fresh(mailing).says) == ("done", "")


def test_a_domain_that_asks_for_a_pause_gets_one_and_others_go_on(server, clock):
    shy = readers(8, domain="shy.example")
    others = readers(8)
    for address in shy:
        server.refusing[address] = "450 4.7.0 too fast"

    mailing = sent()

    assert server.counts == Counter(others)
    assert mailing.deliveries.get(address=shy[6]).tries == 0
    server.refusing.clear()
    for _ in range(3):
        clock.forward(minutes=2)
        tick()
    assert server.counts == Counter(shy + others)


def test_a_server_that_refuses_everybody_means_us_and_stops_the_mailing(server):
    addresses = readers(40)
    server.receiver_answer = "550 5.7.1 relaying denied"

    mailing = sent()

    assert mailing.state == "stopped"
    assert mailing.says.startswith("The mail server refused 25 letters in a row")
    assert set(states(mailing).values()) == {"waiting"}
    server.receiver_answer = ""
    sending.go_on(mailing, HELEN)
    tick()
    assert server.counts == Counter(addresses)


# --- Faults --------------------------------------------------------------------------------------------------


def test_a_server_that_is_away_makes_it_wait_longer_each_time(server, clock):
    addresses = readers(3)
    server.go_away()

    mailing = sent()
    waits = [mailing.resume_at - the_clock.now()]
    clock.forward(minutes=1)
    tick()
    waits.append(fresh(mailing).resume_at - the_clock.now())

    assert fresh(mailing).says.startswith("The mail server can’t be reached")
    assert waits[1] > waits[0] > timedelta(0)
    server.come_back()
    clock.forward(minutes=1)
    tick()
    assert server.counts == Counter(addresses)
    assert (fresh(mailing).state, fresh(mailing).repeats, fresh(mailing).troubles) == ("done", 0, 0)


def test_silence_before_the_message_puts_nobody_in_doubt(server, clock):
    addresses = readers(4)
    server.hang_at = "DATA"

    mailing = sent()
    clock.forward(minutes=2)
    tick()

    assert (server.hangs, server.counts, fresh(mailing).repeats) == (1, Counter(addresses), 0)


def test_silence_after_the_message_repeats_one_under_the_same_name_and_counts_it(server, clock):
    addresses = readers(4)
    server.hang_at = "."

    mailing = sent()
    clock.forward(minutes=2)
    tick()

    assert server.counts == Counter([*addresses, addresses[0]])
    first, second = server.to(addresses[0])
    assert first["Message-ID"] == second["Message-ID"]
    assert (fresh(mailing).state, fresh(mailing).repeats) == ("done", 1)


def test_a_run_that_was_thought_dead_finds_its_rows_gone(server):
    readers(3)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    lane = mailing.lanes.get()
    old = batches._Run.begun(lane.pk, lane.turn)
    rows, _ = old._take()
    old._mark(rows[0], None)

    new = batches._Run.begun(lane.pk, lane.turn)

    with pytest.raises(batches.Superseded):
        old._mark(rows[1], rows[0])
    assert fresh(mailing).repeats == 1
    new.pass_on(new.send())
    assert fresh(mailing).state == "done"


def test_a_job_that_comes_twice_does_nothing_the_second_time(server):
    readers(3)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    lane = mailing.lanes.get()

    batches.run_lane(lane.pk, lane.turn)
    batches.run_lane(lane.pk, lane.turn)

    assert len(server.taken) == 3


# --- Stop, go on, schedule -------------------------------------------------------------------------------------


def test_stop_and_go_on(server, monkeypatch):
    addresses = readers(9)
    monkeypatch.setattr(batches, "A_BATCH", 3)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    lane = mailing.lanes.get()
    run = batches._Run.begun(lane.pk, lane.turn)
    monkeypatch.setattr(batches, "LOOKS", -1)
    take = batches._Run._take

    def take_and_stop(self):
        if len(server.taken) == 3:
            sending.stop(mailing, HELEN)
        return take(self)

    monkeypatch.setattr(batches._Run, "_take", take_and_stop)
    run.pass_on(run.send())
    tick()

    assert (fresh(mailing).state, len(server.taken)) == ("stopped", 3)
    monkeypatch.setattr(batches._Run, "_take", take)
    sending.go_on(mailing, HELEN)
    tick()
    assert (fresh(mailing).state, server.counts) == ("done", Counter(addresses))


def test_nothing_to_stop_and_nothing_to_go_on_with(server):
    readers(1)
    mailing = sent()

    with pytest.raises(mailings.NotUnderWay):
        sending.stop(mailing, HELEN)
    with pytest.raises(mailings.NotStopped):
        sending.go_on(mailing, HELEN)
    assert fresh(mailing).state == "done"


def test_a_scheduled_letter_goes_at_its_time_by_our_clock(server, clock):
    readers(2)
    mailing = sending.schedule(a_letter(), the_clock.now() + timedelta(hours=3), HELEN)
    clock.forward(hours=2)
    tick()
    assert (fresh(mailing).state, len(server.taken)) == ("scheduled", 0)

    clock.forward(hours=1, minutes=1)
    jobs.run_all(with_clock=True)

    assert (fresh(mailing).state, len(server.taken)) == ("done", 2)


def test_a_past_moment_is_refused(server):
    with pytest.raises(mailings.InThePast):
        sending.schedule(a_letter(), the_clock.now() - timedelta(minutes=1), HELEN)
    assert not Mailing.objects.exists()


def test_what_was_taken_off_the_schedule_goes_only_when_asked_again(server, clock):
    readers(1)
    mailing = sending.schedule(a_letter(), the_clock.now() + timedelta(hours=1), HELEN)
    sending.stop(mailing, HELEN)
    clock.forward(hours=2)
    tick()
    assert len(server.taken) == 0

    sending.go_on(mailing, HELEN)
    tick()

    assert len(server.taken) == 1


def test_a_letter_is_sent_once(server):
    readers(2)
    issue = a_letter()
    sending.send(issue, HELEN)

    with pytest.raises(mailings.UnderWay):
        sending.send(issue, HELEN)
    tick()

    assert len(server.taken) == 2


def test_a_scheduled_letter_that_is_not_ready_any_more_stops_and_says_why(server, clock):
    readers(2)
    issue = a_letter()
    mailing = sending.schedule(issue, the_clock.now() + timedelta(hours=1), HELEN)
    Issue.objects.filter(pk=issue.pk).update(body="[]")
    clock.forward(hours=2)

    tick()

    mailing = fresh(mailing)
    assert (mailing.state, len(server.taken), mailing.freezing_at) == ("stopped", 0, None)
    assert "There is nothing in it yet" in mailing.says
    assert state_of(mailing.issue) == "stopped"
    assert AuditRecord.objects.filter(action="letters.mailing_not_ready").count() == 1
    with pytest.raises(issues.NotReady):
        sending.go_on(mailing, HELEN)
    issue.save()
    sending.go_on(mailing, HELEN)
    tick()
    assert len(server.taken) == 2


def test_what_was_changed_while_it_was_counted_is_looked_at_again(server):
    readers(1)
    issue = a_letter()
    mailing = sending.send(issue, HELEN)
    Issue.objects.filter(pk=issue.pk).update(body="[]")

    tick()

    mailing = fresh(mailing)
    assert (mailing.state, mailing.begun_at, len(server.taken)) == ("stopped", None, 0)
    assert "There is nothing in it yet" in mailing.says
    assert not mailing.issue.is_standing


# --- Pace, progress ----------------------------------------------------------------------------------------------


def test_one_domain_gets_no_more_a_minute_than_it_should(server, clock):
    many, few = readers(40, domain="big.example"), readers(5)
    with sends_through(server, letters_a_minute=60):
        mailing = sent()

        assert server.counts.keys() >= set(few)
        assert 10 <= len(server.taken) - 5 <= 12
        for _ in range(10):
            clock.forward(minutes=1)
            tick()

    assert server.counts == Counter(many + few)
    assert fresh(mailing).state == "done"


def test_progress_counts_and_promises_only_what_it_can_know(server, clock):
    readers(6)
    server.refusing["reader-4@example.org"] = "550 5.7.1 no"
    server.refusing["reader-5@example.org"] = "451 4.3.0 later"
    mailing = sent()

    found = sending.progress(mailing)

    assert (found.total, found.sent, found.waiting, found.later, found.refused) == (6, 4, 1, 1, 1)
    assert (found.failed, found.excluded, found.repeats, found.left) == (0, 0, 0, None)


def test_the_time_left_follows_the_measured_rate(server, clock):
    readers(30)
    mailing = sending.send(a_letter(), HELEN)
    freezing.freeze(mailing.pk)
    now = the_clock.now()
    some = list(mailing.deliveries.values_list("pk", flat=True)[:10])
    Delivery.objects.filter(pk__in=some).update(state="sent", sent_at=now - timedelta(seconds=10))
    Mailing.objects.filter(pk=mailing.pk).update(begun_at=now - timedelta(seconds=30))

    found = sending.progress(fresh(mailing))

    assert 19 < found.rate < 21
    assert timedelta(seconds=55) < found.left < timedelta(seconds=65)


# --- Keeping little ------------------------------------------------------------------------------------------------


def test_addresses_go_after_ninety_days_and_numbers_stay(server, clock):
    readers(3)
    mailing = sent()
    clock.forward(days=89)
    mailings.forget()
    assert mailing.deliveries.kept().count() == 3

    clock.forward(days=2)
    mailings.forget()

    assert mailing.deliveries.kept().count() == 0
    assert sending.progress(mailing).sent == 3
