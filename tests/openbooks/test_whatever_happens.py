"""Whatever is published, sent, held, given, refunded and spent: the page says what a second count says."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from masthead.calls import dates
from masthead.calls.models import Call
from masthead.core import clock, fillins
from masthead.letters import issues
from masthead.letters.models import Issue
from masthead.membership import grants
from masthead.membership.grants import Span
from masthead.membership.models import AD_FREE, Reason
from masthead.money import ledger
from masthead.money.amounts import Money
from masthead.money.ledger import Account
from masthead.money.models import Line, Payment
from masthead.newsroom import publishing, tallies
from masthead.newsroom.models import Byline, Correction, Person, SectionPage, StoryPage
from masthead.openbooks import figures, said, spending
from masthead.openbooks.models import Category, Payee, Spending
from masthead.readers import devices
from masthead.readers.models import Reader
from tests.openbooks import naive
from tests.openbooks.seeing import counts_on, read, table
from tests.worlds import newsroom, rooms
from tests.worlds.letters_issues import FOR_SUPPORTERS, FREE, an_issue, words
from tests.worlds.openbooks import STAFF, gave, refunded, spent, taken_back

acts = st.sampled_from(
    ["publish", "publish", "film", "correct", "take down", "put back", "sign", "delete", "give", "give", "refund",
     "take back", "spend", "change", "remove", "send", "withdraw", "hold", "call off", "support", "support", "leave"]
)  # fmt: skip
steps = st.lists(st.tuples(acts, st.integers(0, 10_000)), min_size=5, max_size=18)


class WhateverHappens(TestCase):
    """A newsroom with two sections, two people and the desk's own categories."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def test_the_page_says_what_a_second_count_says(self, steps: list[tuple[str, int]]) -> None:
        self.year = clock.today().year
        self.people = [newsroom.a_person(name) for name in ("Ailsa Renwick", "Daniel Osei")]
        for place, (act, number) in enumerate(steps):
            getattr(self, act.replace(" ", "_"))(number, place)
        said.refresh()

        self.counts_agree()
        self.income_agrees()
        self.spending_agrees()
        self.words_follow()
        assert (tallies.miscounted(), ledger.miscounted(), spending.miscounted()) == ({}, {}, {})
        assert ledger.imbalances() == {}

    # --- what happens

    def publish(self, number: int, place: int) -> None:
        source = "PA Media" if number % 4 == 0 else ""
        moment = clock.start_of(self.a_day(number)) if number % 3 else None
        by = [*self.people[: number % 3], *(["A guest"] if number % 2 else [])]
        section = ("Harbour", "Council")[number % 2]
        newsroom.a_story(f"Report {place}", section=section, by=by, source=source, published_at=moment)

    def film(self, number: int, place: int) -> None:
        if place < 4:  # drawing its poster takes long
            newsroom.a_film(f"Film {place}", source="Reuters" if number % 3 == 0 else "")

    def correct(self, number: int, place: int) -> None:
        if story := self.some(StoryPage, number, live=True):
            story.corrections.add(Correction(corrected_at=clock.start_of(self.a_day(number)), text=f"Not {place}."))
            publishing.publish(story)

    def take_down(self, number: int, place: int) -> None:
        if story := self.some(StoryPage, number, live=True):
            publishing.take_down(story, by=STAFF)

    def put_back(self, number: int, place: int) -> None:
        if story := self.some(StoryPage, number, live=False):
            publishing.publish(story)

    def sign(self, number: int, place: int) -> None:
        if story := self.some(StoryPage, number):
            story.bylines = [Byline(person=self.people[number % 2])]
            story.source = ("", "AFP")[number % 5 == 0]
            publishing.publish(story)

    def delete(self, number: int, place: int) -> None:
        if story := self.some(StoryPage, number):
            story.delete()

    def give(self, number: int, place: int) -> None:
        amount = Money(number + 1, ("GBP", "GBP", "EUR")[number % 3])
        kind = (Account.MEMBERSHIP, Account.GIFTS)[number % 2]
        provider = ("cardhouse", "debitors", "practice")[number % 5 % 3]
        gave(amount, on=self.a_day(number), kind=kind, fee=number // 40, provider=provider)

    def refund(self, number: int, place: int) -> None:
        payment = self.some(Payment, number)
        if payment and (left := payment.amount_minor - sum(each.amount_minor for each in payment.refunds.all())):
            refunded(payment, number % left + 1, on=self.a_day(number + 1))

    def take_back(self, number: int, place: int) -> None:
        payment = self.some(Payment, number, returned_at=None)
        if payment:
            taken_back(payment, on=self.a_day(number + 2), fee=number % 200)

    def spend(self, number: int, place: int) -> None:
        category = self.some(Category, number)
        amount = Money(number + 1, ("GBP", "GBP", "EUR")[number % 3])
        spent(amount, category.name, on=self.a_day(number), payee=list(Payee)[number % 5])

    def change(self, number: int, place: int) -> None:
        if row := self.some(Spending, number):
            facts: dict[str, Any] = {"category": self.some(Category, number + 1), "payee": Payee.OTHER, "by": STAFF}
            spending.change(row, on=self.a_day(number + 3), amount=Money(number + 5, "GBP"), **facts)

    def remove(self, number: int, place: int) -> None:
        if row := self.some(Spending, number):
            spending.remove(row, by=STAFF)

    def send(self, number: int, place: int) -> None:
        issue = an_issue([words(f"Letter {place}.")], of=(FREE, FOR_SUPPORTERS)[number % 2], subject=f"Letter {place}")
        if number % 3 == 0:  # as if it had gone out then
            Issue.objects.filter(pk=issue.pk).update(sent_at=clock.start_of(self.a_day(number)))

    def withdraw(self, number: int, place: int) -> None:
        if issue := self.some(Issue, number, sent_at__isnull=False):
            (issues.restore if issue.withdrawn_at else issues.withdraw)(issue, by=STAFF)

    def hold(self, number: int, place: int) -> None:
        rooms.call(f"call-{place}", in_hours=24 * (number % 500 - 400))  # of one to come nothing is counted
        dates.close_past()

    def call_off(self, number: int, place: int) -> None:
        if call := self.some(Call, number, state__in=["planned", "held"]):
            (dates.was_not_held if call.state == "held" else dates.cancel)(call, by=STAFF)

    def support(self, number: int, place: int) -> None:
        if number % 3:
            rooms.supporter(f"Reader{number % 4}")
            return
        holders = [devices.open_device()[0] for _device in range(number % 2 + 1)]
        grants.agree(Reason.PLEDGE, f"p{place}", holders=holders, spans={AD_FREE: Span()})

    def leave(self, number: int, place: int) -> None:
        if reader := self.some(Reader, number):
            rooms.ends_support(reader)

    def some(self, model: Any, number: int, **which: Any) -> Any:
        rows = list(model.objects.filter(**which).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def a_day(self, number: int) -> date:
        """A day of this year or the last, not to come."""
        day = naive.a_day(self.year - number % 2, number)
        return min(day, clock.today())

    # --- what holds

    def counts_agree(self) -> None:
        year = self.year
        on_page = counts_on(read())
        assert on_page == naive.counts(year)
        of_both = {row["Year"]: row for row in table("counts")}
        counted = naive.counts(year - 1)
        assert {name: int(of_both[str(year - 1)][name.capitalize()]) for name in counted} == counted
        for name, slug, model in (("Section", "sections", SectionPage), ("Person", "people", Person)):
            rows = {row[name]: int(row[f"Stories, {year}"]) for row in table(slug)}
            for each in model.objects.all():
                key = {name.lower(): each.pk}
                assert rows.get(str(each), 0) == naive.stories_of(year, **key), (name, each)

    def income_agrees(self) -> None:
        on_page = {
            (year.year, year.currency, kind.account): kind.left.minor
            for each in (self.year, self.year - 1)
            for year in figures.income(each)
            for kind in year.kinds
        }
        assert {key: minor for key, minor in on_page.items() if minor} == naive.income()
        by_month = {
            (year.year, year.currency): sum(month.together.minor for month in year.months)
            for each in (self.year, self.year - 1)
            for year in figures.income(each)
        }
        in_ledger: dict[tuple[int, str], int] = dict.fromkeys(by_month, 0)
        for line in Line.objects.exclude(transaction__provider="practice").exclude(account__startswith="owed_by:"):
            in_ledger[line.on.year, line.currency] -= line.amount_minor
        assert by_month == in_ledger

    def spending_agrees(self) -> None:
        on_page = {
            (of, pound.currency, share.name): amount.minor
            for pound in figures.of_a_pound(self.year)
            for share in pound.shares
            if share.category
            for of, amount in ((self.year, share.amount), (self.year - 1, share.before))
            if amount
        }
        shown = {pound.currency for pound in figures.of_a_pound(self.year)}
        assert on_page == {key: minor for key, minor in naive.spent().items() if key[1] in shown}
        for pound in figures.of_a_pound(self.year):
            assert sum(share.pence for share in pound.shares) == 100

    def words_follow(self) -> None:
        for name in ("stories", "films", "letters", "calls"):
            assert fillins.fill(f"{{{name} this year}}") == fillins.honest(naive.counts(self.year)[name]), name
        assert (figures.supporters(), fillins.fill("{supporters}")) == (
            naive.supporters(), fillins.honest(naive.supporters()),
        )  # fmt: skip
        year = figures.year_of_spending(self.year)
        kinds = {category.name: category.kind for category in Category.objects.all()}
        sums = {name: minor for (of, currency, name), minor in naive.spent().items() if (of, currency) == (year, "GBP")}
        share = figures.share_to_journalism(year)
        if share is None:
            assert sum(sums.values()) == 0
        else:
            fees = sum(
                line.amount_minor
                for line in Line.objects.filter(account="fees", currency="GBP", transaction__on__year=year)
                if line.transaction.provider != "practice"
            )
            to_it = sum(minor for name, minor in sums.items() if kinds[name] in ("people", "journalism"))
            assert share * (sum(sums.values()) + fees) == to_it
            assert fillins.fill("{share to journalism}") == said.honest_share(share)
