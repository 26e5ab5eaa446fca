"""Batches: each takes some rows in hand, asks once more who may be written to, and hands their messages over.

A row is marked before its message is handed over, and noted after, each in one statement together with its neighbour.
So whatever happens to a worker, at most the one message that it had in hand is in doubt: the next run gives it over
again, under the same Message-ID, and counts that.

A mailing has lanes, one for each worker. A lane is a chain of jobs of some seconds; only the job that bears the lane's
turn may run, and each run holds its rows under a name of its own: a run that was thought dead, and comes back, finds
that its rows are no longer its own and ends.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db import connection, transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from masthead.core import audit, clock, faults
from masthead.core.actors import Actor
from masthead.core.jobs import job
from masthead.core.models import Worker
from masthead.letters import audience, identities, suppression
from masthead.letters.models import Delivery, DeliveryState, Kind, Lane, Mailing, MailingState
from masthead.letters.sending import carriers, pace, stencils
from masthead.letters.sending.carriers import FALLBACK, FIRST, Answer, Broken, Carrier, Outcome
from masthead.readers import addresses

log = structlog.get_logger("masthead.letters")

audit.register("letters.mailing_changed_way", "{by} went on with {subject} by the {way} way out")
audit.register("letters.mailing_gave_up", "{by} stopped {subject}: the mail server refused {refused} in a row")

A_BATCH = 50  # rows at first; twice as many each time that a batch is through within BRISK seconds
MOST_IN_HAND = 400
BRISK = 1.0
SECONDS = 4.0  # of one job
LOOKS = 0.5  # seconds between two looks whether somebody pressed stop
MOST_LANES = 8
SOON = timedelta(minutes=2)  # a lane that has to wait longer rests, until the clock's rule wakes it
LOST = timedelta(minutes=2)  # by the wall: a lane that nobody has heard of for so long is given a new turn
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 720, 1440, 1440, 1440))
TROUBLES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 10, 30, 60, 120, 300, 600))  # the last repeats
LATER_IN_A_ROW = 10  # so many, whoever they are for, and it is the mail server that wants a pause
REFUSED_IN_A_ROW = 25  # so many, and none taken: it refuses us, not them
TROUBLES_BEFORE_FALLBACK = 3
UNHURRIED = 0.02  # seconds a message: then a commit that waits for the disk costs next to nothing
SYSTEM = Actor.system("letters")

GIVEN_UP, WENT_UNANSWERED = "given-up", "unanswered"


class Superseded(Exception):
    """The rows in hand are no longer this run's: another was given its turn."""


# --- Lanes -------------------------------------------------------------------------------------------------


def wake(mailing: Mailing) -> None:
    """Give every lane that rests, was lost or is to run later a turn, if there is something for it to do now."""
    if not _is_due(mailing):
        return
    workers = Worker.objects.filter(queue="later", seen_at__gt=timezone.now() - timedelta(minutes=1)).count()
    for number in range(max(1, min(workers, MOST_LANES))):
        Lane.objects.get_or_create(mailing=mailing, number=number)
    wall = timezone.now()
    idle = Q(turn="") | Q(seen_at=None) | Q(seen_at__lt=wall - LOST) | Q(seen_at__gt=wall)
    for lane in mailing.lanes.filter(idle):
        with transaction.atomic():
            turn = secrets.token_hex(8)
            if Lane.objects.filter(pk=lane.pk, turn=lane.turn).update(turn=turn, seen_at=timezone.now()):
                run_lane.enqueue(lane.pk, turn)


def _is_due(mailing: Mailing) -> bool:
    now = clock.now()
    if mailing.resume_at is not None and mailing.resume_at > now:
        return False
    rows = mailing.deliveries.open()
    return rows.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).exists() or not rows.exists()


@job(queue="later", tries=24)
def run_lane(pk: int, turn: str) -> None:
    """Send for some seconds, then pass the lane's turn on to the next job."""
    run = _Run.begun(pk, turn)
    if run is not None:
        try:
            due = run.send()
        except Superseded:
            log.warning("mailing.superseded", lane=pk)
        else:
            run.pass_on(due)


def _boot() -> str:
    """Which start of this machine it is: rows that a run from before it had in hand may have lost their notes."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class _Run:
    """One run of a lane."""

    def __init__(self, lane: Lane, mailing: Mailing, turn: str, name: str) -> None:
        self.lane = lane
        self.mailing = mailing
        self.turn = turn
        self.name = name
        self.until = time.monotonic() + SECONDS
        self.way = FIRST
        self.again = False  # whether only what this way may have taken already is given to it
        self.stencils: dict[str, stencils.Stencil] = {}
        self.size = A_BATCH
        self.later_in_a_row: list[str] = []
        self.asked_for_a_pause: set[str] = set()
        self.refused_in_a_row: list[tuple[Delivery, Answer, Kind]] = []
        self.seconds_each = 0.0  # that the way out took for a message, last

    @classmethod
    def begun(cls, pk: int, turn: str) -> "_Run | None":
        """Take the lane up, with what a run before this one left behind. None when the turn is another's."""
        name = secrets.token_hex(8)
        with transaction.atomic():
            lane = Lane.objects.select_for_update().filter(pk=pk, turn=turn).first()
            if lane is None:
                return None
            mailing = Mailing.objects.select_for_update().select_related("issue__list").get(pk=lane.mailing_id)
            if lane.holder:
                _settle(mailing, lane)
            lane.holder, lane.boot, lane.seen_at = name, _boot(), timezone.now()
            lane.save(update_fields=["holder", "boot", "seen_at"])
        return cls(lane, mailing, turn, name)

    # --- What comes when ---

    def send(self) -> datetime | None:
        """Batch after batch. Gives when there is more to do, by our clock, or None when nothing is due soon."""
        due = self._send_by(self.mailing.through or FIRST)
        if carriers.has_fallback() and (due is None or due > clock.now()):
            # What the other way out may have taken is given to that one again, and to no other.
            self.again = True
            others = self._send_by(FIRST if self.way == FALLBACK else FALLBACK)
            due = min((moment for moment in (due, others) if moment is not None), default=None)
        self._tell_refusals()
        return due

    def _send_by(self, way: str) -> datetime | None:
        self.way = way
        with carriers.opened(way) as carrier:
            while time.monotonic() < self.until:
                rows, due = self._take()
                if not rows:
                    return due
                if wait := self._deliver(self._still_due(rows), carrier):
                    return wait
        return clock.now()

    def pass_on(self, due: datetime | None) -> None:
        """Enqueue the lane's next job for `due`, or let the lane rest; end the mailing when nothing is open."""
        now = clock.now()
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().get(pk=self.mailing.pk)
            turn = secrets.token_hex(8)
            if mailing.state != MailingState.SENDING or due is None or due > now + SOON:
                turn = ""
            moment = timezone.now() + max(due - now, timedelta()) if due is not None and turn else timezone.now()
            mine = Lane.objects.filter(pk=self.lane.pk, turn=self.turn, holder=self.name)
            if not mine.update(turn=turn, holder="", seen_at=moment):
                return
            Delivery.objects.filter(held_by=self.name).update(held_by="")
            if turn and due is not None:
                if due > now:
                    run_lane.enqueue_at(moment, self.lane.pk, turn)
                else:
                    run_lane.enqueue(self.lane.pk, turn)
            elif mailing.state == MailingState.SENDING and not mailing.deliveries.open().exists():
                mailing.state, mailing.finished_at, mailing.says = MailingState.DONE, clock.now(), ""
                mailing.save(update_fields=["state", "finished_at", "says"])
                log.info("mailing.done", mailing=mailing.pk, repeats=mailing.repeats)

    # --- Taking rows in hand ---

    def _take(self) -> tuple[list[Delivery], datetime | None]:
        """The next rows, in hand, with each domain's share used; with none, when there will be some."""
        now = clock.now()
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().get(pk=self.mailing.pk)
            if mailing.state != MailingState.SENDING:
                return [], None
            if mailing.resume_at is not None and mailing.resume_at > now:
                return [], mailing.resume_at
            mine = Lane.objects.filter(pk=self.lane.pk, holder=self.name)
            if not mine.update(seen_at=timezone.now()):
                raise Superseded
            shares = pace.Shares(now)
            used_up = shares.used_up()
            ways = (self.way,) if self.again else ("", self.way)
            waiting = mailing.deliveries.filter(state=DeliveryState.WAITING, held_by="", through__in=ways)
            ready = waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
            rows = []
            for row in ready.exclude(domain__in=used_up).order_by("pk")[: self.size]:
                if shares.left(row.domain):
                    shares.take(row.domain)
                    rows.append(row)
            if rows:
                mailing.deliveries.filter(pk__in=[row.pk for row in rows]).update(held_by=self.name)
                shares.save()
                return rows, None
            held_up = set(ready.order_by().values_list("domain", flat=True).distinct()) & set(shares.used_up())
            moments = [shares.free_again(held_up), waiting.aggregate(at=Min("next_try_at"))["at"]]
        return [], min((moment for moment in moments if moment is not None), default=None)

    def _still_due(self, rows: list[Delivery]) -> list[Delivery]:
        """Those of the rows in hand who may still be written to, at the address and in the edition they have now."""
        readers = [row.reader_id for row in rows if row.reader_id is not None]
        people = {person.reader_id: person for person in audience.among(self.mailing.issue.list, readers)}
        due = []
        for row in rows:
            person = people.get(row.reader_id or 0)
            reason = person.excluded if person else "erased" if row.reader_id is None else "left"
            if reason or person is None:
                self._note(row, state=DeliveryState.EXCLUDED, reason=reason, address="", domain="")
                continue
            address = addresses.normalise(person.email)
            if address != row.address and not self._moves(row, address):
                continue
            if person.edition != row.edition:  # who supports by now is not asked, however long the letter waited
                row.edition = person.edition
                Delivery.objects.filter(pk=row.pk).update(edition=row.edition)
            due.append(row)
        return due

    def _moves(self, row: Delivery, address: str) -> bool:
        """Follow a reader to another address, unless a copy went there already."""
        others = Delivery.objects.filter(mailing=row.mailing_id, address=address).exclude(pk=row.pk)
        if others.exists():
            self._note(row, state=DeliveryState.EXCLUDED, reason="same-address", address="", domain="")
            return False
        row.address, row.domain = address, address.rpartition("@")[2]
        Delivery.objects.filter(pk=row.pk).update(address=row.address, domain=row.domain)
        return True

    # --- Handing over ---

    def _deliver(self, rows: list[Delivery], carrier: Carrier) -> datetime | None:
        """Hand these over, one after the other. Gives a moment when nothing more may go before it."""
        taken: Delivery | None = None
        took: set[str] = set()
        began = looked = time.monotonic()
        self.asked_for_a_pause = set()
        count, outside = 0, 0.0
        try:
            with _notes(careful=self.seconds_each > UNHURRIED):
                try:
                    for row in rows:
                        if row.domain in self.asked_for_a_pause:
                            continue
                        instant = time.monotonic()
                        if instant > looked + LOOKS:
                            looked = instant
                            if instant > self.until or self._is_stopped():
                                break
                        count += 1
                        mail = self._mail(row)
                        self._mark(row, taken)
                        taken = None
                        faults.reach("letter.marked")
                        handed = time.monotonic()
                        answer = carrier.hand_over(mail)
                        outside += time.monotonic() - handed
                        faults.reach("letter.taken")
                        if answer.outcome is Outcome.TAKEN:
                            taken = row
                            took.add(row.domain)
                            self.later_in_a_row = []
                            self._tell_refusals()
                        elif wait := self._answered(row, answer):
                            return wait
                finally:
                    if taken is not None:
                        self._mark(None, taken)
                    if took:
                        self._works(took)
        except Broken as broken:
            return self._broke(row, broken)
        finally:
            self.seconds_each = outside / max(count, 1)
            brisk = time.monotonic() - began < BRISK
            self.size = min(self.size * 2, MOST_IN_HAND) if brisk else A_BATCH
            self._release()
        return None

    def _mail(self, row: Delivery) -> stencils.Mail:
        if not self.stencils:
            self.stencils = stencils.of_mailing(self.mailing)
        return stencils.copy_for(
            self.stencils[row.edition], row.mailing_id, row.reader_id or 0, row.address, at=clock.now()
        )

    def _mark(self, row: Delivery | None, taken: Delivery | None) -> None:
        """In one statement: `taken` was taken, and `row` is handed over next. Raises Superseded."""
        now = connection.ops.adapt_datetimefield_value(clock.now())
        done, following = (taken.pk if taken else 0), (row.pk if row else 0)
        with connection.cursor() as cursor:
            cursor.execute(_MARK, [done, done, now, done, following, following, self.way, done, following, self.name])
            if cursor.rowcount != bool(done) + bool(following):
                raise Superseded

    def _note(self, row: Delivery, **facts: object) -> None:
        """Write down what became of a row that is in hand, and let go of it. Raises Superseded."""
        if not Delivery.objects.filter(pk=row.pk, held_by=self.name).update(held_by="", **facts):
            raise Superseded

    def _answered(self, row: Delivery, answer: Answer) -> datetime | None:
        """Note a refusal, for now or for good. Gives a moment when it is us whom the server wants no more of."""
        says = answer.says[:300]
        if answer.outcome is Outcome.REFUSED:
            kind = suppression.kind_of(answer.status, answer.says)
            self._note(row, state=DeliveryState.REFUSED, reason=str(kind), says=says, through=row.through)
            self.refused_in_a_row.append((row, answer, kind))
            return self._give_up(answer) if len(self.refused_in_a_row) >= REFUSED_IN_A_ROW else None
        if row.tries >= len(RETRIES):
            self._note(row, state=DeliveryState.FAILED, reason=GIVEN_UP, says=says, through=row.through)
            self._tell(row, answer, Kind.SOFT)
            return None
        next_try = clock.now() + RETRIES[row.tries]
        self._note(row, state=DeliveryState.WAITING, says=says, next_try_at=next_try, through=row.through)
        self.later_in_a_row.append(row.domain)
        if self.later_in_a_row[-pace.IN_A_ROW :].count(row.domain) >= pace.IN_A_ROW:
            pace.ask_later(row.domain)
            self.asked_for_a_pause.add(row.domain)
        if len(self.later_in_a_row) >= LATER_IN_A_ROW:
            self.later_in_a_row = []
            return self._trouble(f"The mail server asks us to come later: {answer}")
        return None

    def _tell_refusals(self) -> None:
        """Something was taken after these refusals, or nothing more came: it was these addresses, not us."""
        for refusal in self.refused_in_a_row:
            self._tell(*refusal)
        self.refused_in_a_row = []

    def _tell(self, row: Delivery, answer: Answer, kind: Kind) -> None:
        """Have what a mail server said of an address weighed."""
        told = suppression.Heard(
            source="sending",
            event_id=f"{row.pk}:{row.tries}",
            kind=kind,
            message_id=identities.message_id(row.mailing_id, row.reader_id or 0),
            address=row.address,
            status=answer.status,
            detail=answer.says,
        )
        suppression.heard(told)

    def _broke(self, row: Delivery, broken: Broken) -> datetime:
        """Note that the way out failed while `row` was in hand: it waits, in doubt if the message may be taken."""
        next_try = clock.now() + RETRIES[min(row.tries, len(RETRIES) - 1)]
        if not broken.doubtful:
            again = next_try if self.again else row.next_try_at
            self._note(row, state=DeliveryState.WAITING, next_try_at=again, tries=row.tries, through=row.through)
        elif row.tries >= len(RETRIES):
            self._note(row, state=DeliveryState.FAILED, reason=WENT_UNANSWERED, says=broken.says[:300])
        else:
            with transaction.atomic():
                self._note(row, state=DeliveryState.WAITING, next_try_at=next_try)
                Mailing.objects.filter(pk=self.mailing.pk).update(repeats=F("repeats") + 1)
        return next_try if self.again else self._trouble(broken.says)

    def _trouble(self, says: str) -> datetime:
        """Let the whole mailing wait, longer each time, or go on by the other way out when there is one."""
        now = clock.now()
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().get(pk=self.mailing.pk)
            mailing.troubles += 1
            mailing.says = says[:500]
            mailing.resume_at = now + TROUBLES[min(mailing.troubles, len(TROUBLES)) - 1]
            if mailing.troubles % TROUBLES_BEFORE_FALLBACK == 0 and carriers.has_fallback():
                mailing.through, mailing.resume_at = (FALLBACK if self.way == FIRST else FIRST), now
                audit.record("letters.mailing_changed_way", mailing, by=SYSTEM, way=mailing.through)
            mailing.save(update_fields=["troubles", "says", "resume_at", "through"])
        log.warning("mailing.trouble", mailing=mailing.pk, troubles=mailing.troubles, through=mailing.through)
        return mailing.resume_at

    def _give_up(self, answer: Answer) -> datetime:
        """Stop the mailing: whoever refuses all means the sender. Those who were refused wait again."""
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().get(pk=self.mailing.pk)
            refused = [row.pk for row, _, _ in self.refused_in_a_row]
            mailing.deliveries.filter(pk__in=refused).update(state=DeliveryState.WAITING, reason="", says="")
            if mailing.state == MailingState.SENDING:
                mailing.state, mailing.stopped_at = MailingState.STOPPED, clock.now()
                mailing.says = (
                    f"The mail server refused {len(refused)} letters in a row, so sending stopped. "
                    f"Its last words: {answer}"
                )[:500]
                mailing.save(update_fields=["state", "stopped_at", "says"])
                audit.record("letters.mailing_gave_up", mailing, by=SYSTEM, refused=len(refused))
        self.refused_in_a_row = []
        return clock.now()

    def _works(self, domains: set[str]) -> None:
        """Forget the troubles: something was taken."""
        troubled = Mailing.objects.filter(pk=self.mailing.pk, state=MailingState.SENDING, troubles__gt=0)
        troubled.update(troubles=0, says="", resume_at=None)
        pace.takes_again(domains)

    def _is_stopped(self) -> bool:
        return not Mailing.objects.filter(pk=self.mailing.pk, state=MailingState.SENDING).exists()

    def _release(self) -> None:
        """Let go of the rows that were not come to."""
        Delivery.objects.filter(held_by=self.name, state=DeliveryState.WAITING).update(held_by="")


def _settle(mailing: Mailing, lane: Lane) -> None:
    """Take from a run that is gone what it had in hand; whatever may have been handed over is counted as a repeat."""
    rows = Delivery.objects.filter(held_by=lane.holder)
    handed = rows.filter(state=DeliveryState.SENDING)
    # After a power cut the last notes may be lost: then each of these rows may have been handed over.
    doubtful = (handed if lane.boot == _boot() else rows).count()
    handed.update(state=DeliveryState.WAITING)
    rows.update(held_by="")
    if doubtful:
        Mailing.objects.filter(pk=mailing.pk).update(repeats=F("repeats") + doubtful)
        log.warning("mailing.settled", mailing=mailing.pk, doubtful=doubtful)


_MARK = """
    UPDATE letters_delivery SET
        state = CASE WHEN id = %s THEN 'sent' ELSE 'sending' END,
        sent_at = CASE WHEN id = %s THEN %s ELSE sent_at END,
        held_by = CASE WHEN id = %s THEN '' ELSE held_by END,
        tries = tries + CASE WHEN id = %s THEN 1 ELSE 0 END,
        through = CASE WHEN id = %s THEN %s ELSE through END
    WHERE id IN (%s, %s) AND held_by = %s
"""

_QUICK = {
    "sqlite": ("PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"),
    "postgresql": ("SET synchronous_commit = off", "SET synchronous_commit = on"),
}


@contextmanager
def _notes(*, careful: bool) -> Iterator[None]:
    """Commit without waiting for the disk, unless `careful`: what is noted outlives this process, not a power cut.

    A wait for the disk takes as long as a dozen messages; so a power cut puts a batch in doubt, a killed worker one
    message. The commit that takes the next batch waits for the disk again, and with it all notes before.
    """
    if careful or connection.in_atomic_block:
        yield
        return
    quick, safe = _QUICK[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(quick)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(safe)
