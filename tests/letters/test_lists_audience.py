"""Who gets a letter: exactly those who are due it, everybody else with the reason, at the same cost for any number."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.core import clock as the_clock
from masthead.core.actors import Actor
from masthead.letters import audience, subscribing, suppression
from masthead.letters.models import Left, LetterList, Subscription
from masthead.letters.models import Reason as Suppressing
from masthead.membership.models import AD_FREE, THANKED, Grant, Reason
from masthead.readers import privacy
from masthead.readers.models import Reader
from tests.worlds.letters_lists import BEHIND, WEEK, on_list, supporter, thanked, the
from tests.worlds.readers import reader

SYSTEM = Actor.system("test")


def due(slug):
    """Addresses of those who get a copy, and of the others with the reason."""
    found = audience.candidates(the(slug), limit=1000)
    return (
        [each.email for each in found if not each.excluded],
        {each.email: each.excluded for each in found if each.excluded},
    )


def once_supported(email):
    """Somebody whose support ended yesterday."""
    who = reader(email)
    days = timedelta(days=1)
    Grant.objects.create(
        reader=who,
        benefit="letter",
        reason_kind=Reason.COURTESY,
        reason_ref="0",
        from_at=the_clock.now() - 30 * days,
        until_at=the_clock.now() - days,
    )
    return who


@pytest.mark.django_db
def test_a_free_list_goes_to_whoever_joined_and_did_not_leave():
    on_list("ada@example.org")
    subscribing.leave(on_list("bob@example.org"), the(WEEK), Left.LINK)
    reader("not.asked@example.org")
    supporter("sue@example.org")

    assert due(WEEK) == (["ada@example.org"], {"bob@example.org": "left"})


@pytest.mark.django_db
def test_a_supporters_list_asks_the_grants_ledger_alone():
    supporter("sue@example.org")
    subscribing.leave(supporter("tom@example.org"), the(BEHIND), Left.LINK)
    once_supported("una@example.org")
    on_list("ada@example.org")

    assert due(BEHIND) == (["sue@example.org"], {"tom@example.org": "left", "una@example.org": "no-grant"})


@pytest.mark.django_db
def test_a_grant_in_grace_counts_and_one_past_it_does_not(clock):
    sue = supporter("sue@example.org")
    Grant.objects.filter(reader=sue).update(grace_until=the_clock.now() + timedelta(days=14))
    assert due(BEHIND) == (["sue@example.org"], {})

    clock.forward(days=15)

    assert due(BEHIND) == ([], {"sue@example.org": "no-grant"})


@pytest.mark.django_db
def test_a_suppressed_address_gets_nothing_and_stays_on_the_list():
    on_list("ada@example.org")
    on_list("bob@example.org")
    suppression.suppress("bob@example.org", reason=Suppressing.INVALID, by=SYSTEM)

    assert due(WEEK) == (["ada@example.org"], {"bob@example.org": "suppressed"})
    assert audience.size(the(WEEK)) == 2


@pytest.mark.django_db
def test_an_erased_supporter_is_a_reference_without_address():
    sue = supporter("sue@example.org")
    privacy.erase(sue, by=sue.actor)

    found = audience.candidates(the(BEHIND))

    assert [(each.reader_id, each.email, each.excluded) for each in found] == [(sue.pk, "", "erased")]
    assert audience.size(the(BEHIND)) == 0


@pytest.mark.django_db
def test_who_supports_or_is_thanked_gets_the_text_without_appeals_on_any_list():
    on_list("ada@example.org")
    subscribing.join(supporter("sue@example.org"), the(WEEK))
    thanked(on_list("tom@example.org"))

    found = {each.email: each.edition for each in audience.candidates(the(WEEK))}

    assert found == {"ada@example.org": "public", "sue@example.org": "supporter", "tom@example.org": "supporter"}


@pytest.mark.django_db
def test_people_come_in_stretches_without_gap_or_repeat():
    everybody = [on_list(f"reader{number}@example.org").pk for number in range(7)]

    found, after = [], 0
    while stretch := audience.candidates(the(WEEK), after=after, limit=3):
        assert len(stretch) <= 3
        found += [each.reader_id for each in stretch]
        after = stretch[-1].reader_id

    assert found == sorted(everybody)


def many(count):
    """So many readers, every third a supporter, every second on the free list; by bulk, because they are many."""
    readers = Reader.objects.bulk_create(Reader(email=f"many{number}@example.org") for number in range(count))
    Subscription.objects.bulk_create(Subscription(list=the(WEEK), reader=each) for each in readers[::2])
    Grant.objects.bulk_create(
        Grant(
            reader=each,
            benefit=benefit,
            reason_kind=Reason.COURTESY,
            reason_ref=str(each.pk),
            from_at=the_clock.now() - timedelta(days=1),
        )
        for each in readers[::3]
        for benefit in (AD_FREE, "letter")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("slug", [WEEK, BEHIND])
def test_a_stretch_costs_the_same_for_ten_readers_and_for_a_thousand(slug):
    letters, costs, sizes = the(slug), [], []
    for count in (10, 990):
        many(count) if count == 10 else _more(count)
        with CaptureQueriesContext(connection) as queries:
            found = audience.candidates(letters, limit=1000)
        costs.append(len(queries))
        sizes.append(len(found))

    assert costs[0] == costs[1] <= 4
    assert sizes == ([5, 500] if slug == WEEK else [4, 334])


def _more(count):
    Reader.objects.all().delete()
    many(count + 10)


class EverybodyAsTheLedgerSays(TestCase):
    """The set-based answer is that of asking for each reader by itself."""

    people = st.lists(
        st.fixed_dictionaries(
            {
                "grants": st.lists(
                    st.tuples(
                        st.sampled_from(["letter", AD_FREE, THANKED, "call"]),
                        st.integers(-3, 3),
                        st.one_of(st.none(), st.integers(-2, 4)),
                        st.one_of(st.none(), st.integers(-2, 4)),
                    ),
                    max_size=3,
                ),
                "on": st.sampled_from(["", "on", "left"]),
                "out": st.booleans(),
                "suppressed": st.booleans(),
            }
        ),
        max_size=5,
    )

    @settings(max_examples=40, deadline=None)
    @given(people)
    def test_whatever_the_ledger_holds(self, people):
        now = the_clock.now()
        for number, facts in enumerate(people):
            who = reader(f"reader{number}@example.org")
            for benefit, begins, ends, grace in facts["grants"]:
                begins_at = now + timedelta(days=begins, minutes=-1)
                over = [None if days is None else begins_at + timedelta(days=days + 2) for days in (ends, grace)]
                Grant.objects.create(
                    reader=who,
                    benefit=benefit,
                    reason_kind=Reason.GIFT,
                    reason_ref=str(Grant.objects.count()),
                    from_at=begins_at,
                    until_at=over[0],
                    grace_until=over[1],
                )
            if facts["on"]:
                subscribing.join(who, the(WEEK))
            if facts["on"] == "left":
                subscribing.leave(who, the(WEEK), Left.LINK)
            if facts["out"]:
                subscribing.leave(who, the(BEHIND), Left.LINK)
            if facts["suppressed"]:
                suppression.suppress(who.email, reason=Suppressing.STAFF, by=SYSTEM)

        for letters in LetterList.objects.all():
            found = audience.candidates(letters)
            choices = {
                who.pk: next(each for each in subscribing.choices_for(who) if each.list == letters)
                for who in Reader.objects.all()
            }
            getting = {pk for pk, choice in choices.items() if choice.on}
            assert {each.reader_id for each in found if each.excluded in ("", "suppressed")} == getting
            assert {who.pk for who in audience.of(letters)} == getting
            assert audience.size(letters) == len(getting)
            for each in found:
                not_asked = any(
                    grant.benefit in (AD_FREE, THANKED)
                    and grant.from_at <= now
                    and (not grant.over_at or grant.over_at > now)
                    for grant in Grant.objects.filter(reader_id=each.reader_id)
                )
                assert each.edition == ("supporter" if not_asked else "public")
                assert (each.excluded == "suppressed") == (
                    each.reader_id in getting and suppression.is_suppressed(each.email)
                )
                assert not each.excluded or each.excluded in audience.EXCLUSIONS
