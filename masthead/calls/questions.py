"""Questions sent before a call, and votes for them: by supporters alone, chosen by votes, ordered by the host."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from masthead.core import audit, clock, limits
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.membership import grants
from masthead.readers.models import Reader

from .models import LONGEST_QUESTION, Call, CallState, Question, QuestionState, Vote

PER_PAGE = 20
ON_THE_CALLS_PAGE = 5
MOST_OF_ONE_READER = 5
LONGEST_NAME = 80

ASKED_BY_READER = limits.define("calls.asked-by-reader", times=12, per=3600)
VOTED_BY_READER = limits.define("calls.voted-by-reader", times=240, per=3600)

_JOINERS = "\u200c\u200d"  # Persian and many emoji need them

audit.register("question.answered", "{by} marked {subject} as answered")
audit.register("question.put-back", "{by} put {subject} back among those that wait")
audit.register("question.hidden", "{by} hid {subject}")
audit.register("question.ordered", "{by} ordered the questions of {subject}")


class NotForYou(Refusal):
    for_people_text = (
        "Questions and votes are for supporters, and your support does not cover this call at the moment. "
        "Nothing has been changed."
    )


class QuestionsClosed(Refusal):
    for_people_text = "This call is over or will not take place, so its questions are closed. Nothing has been changed."


class NothingAsked(Refusal):
    for_people_text = "Write your question first: a sentence is enough."


class TooLong(Refusal):
    for_people_text = (
        "A question can have %(most)s characters; yours has %(length)s. Please shorten it. It has not been sent."
    )


class AskedEnough(Refusal):
    for_people_text = (
        "You have sent %(most)s questions for this call, and that is the most. "
        "Take one back to ask another, or vote for those of others."
    )


class NotYours(Refusal):
    for_people_text = "Only a question of your own that still waits can be taken back. Nothing has been changed."


class Gone(Refusal):
    for_people_text = "This question is no longer there: it was taken back or hidden. Nothing has been changed."


class NoReason(Refusal):
    for_people_text = "Say why the question is hidden: whoever asked it will read that. Nothing has been changed."


@dataclass(frozen=True)
class Shown:
    """A question as one reader sees it."""

    pk: int
    text: str
    name: str  # '' for a question without a name
    votes: int
    voted: bool
    mine: bool
    is_answered: bool
    hidden_why: str  # only ever of the reader's own


@dataclass(frozen=True)
class Listing:
    """A page of the questions of a call, those with most votes first."""

    questions: list[Shown]
    number: int
    pages: int
    total: int
    is_open: bool  # whether one may still ask and vote


def may_take_part(call: Call, reader: Reader | None) -> bool:
    """Whether this reader may see, ask and vote: by a grant that holds now."""
    return reader is not None and grants.may(call.benefit, reader=reader)


def is_open(call: Call) -> bool:
    """Whether questions can be sent: until the call ends."""
    return call.state == CallState.PLANNED and not call.is_over


# --- The reader's verbs -----------------------------------------------------------------------------------


def ask(call: Call, reader: Reader, *, text: str, name: str = "", anonymously: bool = False) -> Question:
    """Send a question for `call`; the same words twice are one question.

    Raises NotForYou, QuestionsClosed, NothingAsked, TooLong, AskedEnough, TooMany.
    """
    words, shown = in_one_line(text), in_one_line(name)[:LONGEST_NAME]
    _refuse_outsiders(call, reader)
    if not words:
        raise NothingAsked
    if len(words) > LONGEST_QUESTION:
        raise TooLong(most=LONGEST_QUESTION, length=len(words))
    limits.hit(ASKED_BY_READER, str(reader.pk))
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        _refuse_when_closed(call)
        mine = Question.objects.filter(call=call, reader=reader)
        if already := mine.filter(text=words).first():
            return already
        if mine.count() >= MOST_OF_ONE_READER:
            raise AskedEnough(most=MOST_OF_ONE_READER)
        is_anonymous = anonymously or not shown
        question = Question.objects.create(
            call=call, reader=reader, text=words, is_anonymous=is_anonymous, name_shown="" if is_anonymous else shown
        )
        _count_asked(call, +1)
    return question


def take_back(question: Question, reader: Reader) -> None:
    """Withdraw one's own question while it waits, and the votes for it. Raises NotYours, QuestionsClosed."""
    with transaction.atomic():
        call = Call.objects.locked(question.call_id)
        _refuse_when_closed(call)
        mine = Question.objects.filter(pk=question.pk, reader=reader, state=QuestionState.WAITING)
        found = mine.select_for_update().first()  # locked, so that nobody votes for it while its votes are collected
        if found is None:
            raise NotYours
        found.delete()
        _count_asked(call, -1)


def vote(question: Question, reader: Reader) -> None:
    """Want this question answered; a second vote changes nothing.

    Raises NotForYou, QuestionsClosed, TooMany, Gone.
    """
    _refuse_votes(question, reader)
    with transaction.atomic():
        # Locked, since whoever asked may take it back at this very moment; then a vote would hang on nothing.
        if not visible_to(question.call, reader).select_for_update().filter(pk=question.pk).exists():
            raise Gone
        is_new = Vote.objects.get_or_create(question=question, reader=reader)[1]
        if is_new:
            Question.objects.filter(pk=question.pk).update(vote_count=F("vote_count") + 1)


def take_back_vote(question: Question, reader: Reader) -> None:
    """Want it no longer; without a vote nothing changes. Raises NotForYou, QuestionsClosed, TooMany."""
    _refuse_votes(question, reader)
    with transaction.atomic():
        if Vote.objects.filter(question=question, reader=reader).delete()[0]:
            Question.objects.filter(pk=question.pk).update(vote_count=F("vote_count") - 1)


# --- What readers see --------------------------------------------------------------------------------------


def listed(call: Call, reader: Reader | None, number: int = 1, per_page: int = PER_PAGE) -> Listing | None:
    """A page of questions for this reader; None for who may not take part. A page beyond the last is the last.

    Three queries, however many questions there are.
    """
    if reader is None or not may_take_part(call, reader):
        return None
    seen = visible_to(call, reader)
    total = seen.count()
    pages = max(1, math.ceil(total / per_page))
    number = min(max(number, 1), pages)
    rows = list(seen.order_by("-vote_count", "asked_at", "pk")[(number - 1) * per_page : number * per_page])
    voted = set(
        Vote.objects.filter(reader=reader, question__in=[row.pk for row in rows]).values_list("question", flat=True)
    )
    return Listing([_shown(row, reader, voted) for row in rows], number, pages, total, is_open(call))


def visible_to(call: Call, reader: Reader) -> QuerySet[Question]:
    """What nobody hid, and one's own."""
    return Question.objects.filter(Q(call=call) & (~Q(state=QuestionState.HIDDEN) | Q(reader=reader)))


def _shown(row: Question, reader: Reader, voted: set[int]) -> Shown:
    return Shown(
        pk=row.pk,
        text=row.text,
        name=row.name_shown,
        votes=row.vote_count,
        voted=row.pk in voted,
        mine=row.reader_id == reader.pk,
        is_answered=row.state == QuestionState.ANSWERED,
        hidden_why=row.hidden_why if row.state == QuestionState.HIDDEN else "",
    )


# --- The host's verbs --------------------------------------------------------------------------------------


def for_host(call: Call) -> QuerySet[Question]:
    """Those that wait in the order of asking them: the host's first, then by votes."""
    waiting = Question.objects.filter(call=call, state=QuestionState.WAITING)
    return waiting.order_by(F("position").asc(nulls_last=True), "-vote_count", "asked_at", "pk")


def order(call: Call, keys: Sequence[int], *, by: Actor) -> None:
    """Put these questions first, in this order, and leave the rest to the votes; none: all by votes again."""
    with transaction.atomic():
        call = Call.objects.locked(call.pk)
        waiting = Question.objects.filter(call=call)
        waiting.update(position=None)
        for position, key in enumerate(keys, start=1):
            waiting.filter(pk=key, state=QuestionState.WAITING).update(position=position)
        audit.record("question.ordered", call, by=by, by_hand=len(keys))


def move(question: Question, *, up: bool, by: Actor) -> None:
    """Change places with the one above or below; all above it are then ordered by hand."""
    with transaction.atomic():
        Call.objects.locked(question.call_id)
        keys = list(for_host(question.call).values_list("pk", flat=True))
        by_hand = Question.objects.filter(call=question.call_id).aggregate(Max("position"))["position__max"] or 0
        if question.pk not in keys:
            return
        here = keys.index(question.pk)
        there = here + (-1 if up else 1)
        if not 0 <= there < len(keys):
            return
        keys[here], keys[there] = keys[there], keys[here]
        order(question.call, keys[: max(by_hand, here + 1, there + 1)], by=by)


def mark_answered(question: Question, *, by: Actor) -> None:
    """Note that it is being answered now: at which second of the call, when that has begun. Twice changes nothing.

    Raises Gone.
    """
    with transaction.atomic():
        call = Call.objects.locked(question.call_id)
        question = _looked_at_again(question)
        if question.state == QuestionState.ANSWERED:
            return
        now = clock.now()
        since = math.floor((now - call.starts_at).total_seconds())
        question.state, question.answered_at, question.hidden_why = QuestionState.ANSWERED, now, ""
        question.second = since if 0 <= since <= call.minutes * 60 * 2 else None
        question.save(update_fields=["state", "answered_at", "hidden_why", "second"])
        audit.record("question.answered", question, by=by, second=question.second)


def put_back(question: Question, *, by: Actor) -> None:
    """Let an answered or hidden question wait again."""
    with transaction.atomic():
        Call.objects.locked(question.call_id)
        changed = (
            Question.objects.filter(pk=question.pk)
            .exclude(state=QuestionState.WAITING)
            .update(state=QuestionState.WAITING, answered_at=None, second=None, hidden_why="", position=None)
        )
        if changed:
            audit.record("question.put-back", question, by=by)


def hide(question: Question, *, why: str, by: Actor) -> None:
    """Show it to nobody but whoever asked, who also reads why. Raises NoReason, Gone."""
    reason = in_one_line(why)[:200]
    if not reason:
        raise NoReason
    with transaction.atomic():
        Call.objects.locked(question.call_id)
        Question.objects.filter(pk=_looked_at_again(question).pk).update(
            state=QuestionState.HIDDEN, hidden_why=reason, answered_at=None, second=None, position=None
        )
        audit.record("question.hidden", question, by=by)


# --- Shared by them


def _looked_at_again(question: Question) -> Question:
    """As it stands within the lock of its call. Raises Gone."""
    again = Question.objects.filter(pk=question.pk).first()
    if again is None:
        raise Gone
    return again


def in_one_line(text: str) -> str:
    """What was typed, without line breaks and without marks that can't be seen or that turn others round."""
    kept = []
    for mark in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(mark)
        if kind != "Cf" or mark in _JOINERS:
            kept.append(" " if kind in ("Cc", "Cs", "Zl", "Zp") else mark)
    return " ".join("".join(kept).split())


def _refuse_outsiders(call: Call, reader: Reader) -> None:
    if not may_take_part(call, reader):
        raise NotForYou
    _refuse_when_closed(call)


def _refuse_when_closed(call: Call) -> None:
    if not is_open(call):
        raise QuestionsClosed


def _refuse_votes(question: Question, reader: Reader) -> None:
    _refuse_outsiders(question.call, reader)
    limits.hit(VOTED_BY_READER, str(reader.pk))


def _count_asked(call: Call, change: int) -> None:
    """The number is kept when the questions of those who asked are long erased. No save: no printed page shows it."""
    Call.objects.filter(pk=call.pk).update(asked_count=F("asked_count") + change)
