"""Receipts: one for each payment that was collected, and another, which corrects it, when something went back.

A number is drawn in the transaction that makes the receipt: what is undone by a fault or a kill draws none, so a year
has no gaps. Who draws at the same moment queues at the row of the year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from masthead.core import audit, clock, sums
from masthead.core.actors import Actor
from masthead.money import journal
from masthead.money.amounts import Money
from masthead.money.models import Issuer, Payment, Receipt, ReceiptYear
from masthead.money.states import ReceiptKind

audit.register("receipts.issuer_changed", "{by} changed who gives receipts")


def make_all(payment: Payment) -> None:
    """Make whatever papers the facts of a payment call for, in the caller's transaction; what is made stays."""
    if not payment.collected_at:
        return
    made = set(payment.receipts.values_list("cause", flat=True))
    for cause in _causes(payment):
        if cause.key not in made:
            _make(payment, cause)


def name(*, legal_name: str, address: str, tax_number: str, note: str, by: Actor) -> Issuer:
    """Say who gives receipts from now on; those that were given stay as they are. The same again changes nothing."""
    said = {
        "name": legal_name.strip(), "address": address.strip(), "tax_number": tax_number.strip(), "note": note.strip()
    }  # fmt: skip
    now = issuer()
    if now is not None and all(getattr(now, field) == value for field, value in said.items()):
        return now
    with transaction.atomic():
        made = Issuer.objects.create(**said, by=str(by))
        audit.record("receipts.issuer_changed", made, by=by)
    return made


def issuer() -> Issuer | None:
    """Who gives receipts now; None until somebody at the desk has said it."""
    return Issuer.objects.first()


@dataclass(frozen=True)
class _Cause:
    """What happened to a payment."""

    kind: ReceiptKind
    key: str
    at: datetime


def _causes(payment: Payment) -> Iterator[_Cause]:
    """In the order in which it happened; a collection comes first, whatever the clocks of a provider say."""
    own = f"{payment.provider}:{payment.reference}"
    assert payment.collected_at
    yield _Cause(ReceiptKind.PAID, f"{own}:collected", payment.collected_at)
    later = []
    if payment.provider == journal.OFFLINE and payment.offline.reversed_at:
        later.append(_Cause(ReceiptKind.REVERSED, f"{own}:collected:reversed", payment.offline.reversed_at))
    for refund in payment.refunds.filter(made_at__isnull=False):
        key = f"{payment.provider}:{refund.reference}:refunded"
        later.append(_Cause(ReceiptKind.REFUNDED, key, refund.made_at or clock.now()))
        if refund.failed_at:
            later.append(_Cause(ReceiptKind.KEPT, f"{key}:reversed", refund.failed_at))
    for dispute in payment.disputes.all():
        key = f"{payment.provider}:{dispute.reference}"
        later.append(_Cause(ReceiptKind.RETURNED, f"{key}:returned", dispute.taken_at))
        if dispute.back_at:
            later.append(_Cause(ReceiptKind.REINSTATED, f"{key}:reinstated", dispute.back_at))
    yield from sorted(later, key=lambda cause: cause.at)


def _make(payment: Payment, cause: _Cause) -> Receipt:
    is_first = cause.kind == ReceiptKind.PAID
    back, vat_back = (0, 0) if is_first else _gone_back(payment)
    year = clock.today().year
    before = None if is_first else payment.receipts.order_by("-pk").first()
    left = Money(payment.amount_minor - back, payment.currency)
    return Receipt.objects.create(
        year=year,
        number=_draw(year),
        payment=payment,
        kind=cause.kind,
        cause=cause.key,
        issued_on=clock.today(),
        happened_on=clock.day_of(cause.at),
        paid_minor=payment.amount_minor,
        back_minor=back,
        sale_minor=left.part(payment.sale_minor, payment.amount_minor).minor,
        vat_hundredths=payment.vat_hundredths,
        vat_minor=payment.vat_minor - vat_back,
        currency=payment.currency,
        corrects=before,
        issuer=issuer(),
    )


def _gone_back(payment: Payment) -> tuple[int, int]:
    """What went back so far, and the VAT in it; a claim and a refund together can be no more than was paid."""
    given = payment.refunds.filter(made_at__isnull=False, failed_at__isnull=True).values_list("amount_minor", flat=True)
    taken = sum(dispute.amount_minor - dispute.back_minor for dispute in payment.disputes.all())
    reversed_whole = payment.refunded_minor if payment.provider == journal.OFFLINE else 0
    back = sum(given) + taken + reversed_whole
    _, vat = journal.vat_back(payment)
    return min(max(back, 0), payment.amount_minor), min(max(vat, 0), payment.vat_minor)


def _draw(year: int) -> int:
    """The next number of a year. Its row stays locked until the transaction ends."""
    sums.add(ReceiptYear, {(year,): 1}, keys=("year",), total="last")
    return ReceiptYear.objects.values_list("last", flat=True).get(year=year)


@dataclass(frozen=True)
class YearOfReceipts:
    """What somebody paid in a year, in one currency: the newest paper of each payment."""

    year: int
    currency: str
    papers: list[Receipt]

    @property
    def paid(self) -> Money:
        """What was paid."""
        return self._sum("paid_minor")

    @property
    def back(self) -> Money:
        """What went back."""
        return self._sum("back_minor")

    @property
    def left(self) -> Money:
        """What stays paid."""
        return self.paid - self.back

    @property
    def sale(self) -> Money:
        """The part of it that is a sale, its VAT in it."""
        return self._sum("sale_minor")

    @property
    def given(self) -> Money:
        """The part of it that is none."""
        return self.left - self.sale

    @property
    def vat(self) -> Money:
        """The VAT in it."""
        return self._sum("vat_minor")

    def _sum(self, field: str) -> Money:
        return Money(sum(getattr(paper, field) for paper in self.papers), self.currency)


def of_year(references: list[str], year: int) -> list[YearOfReceipts]:
    """What was collected in `year` of the payments with these references: as it stands now, by currency."""
    papers: dict[int, Receipt] = {}
    found = Receipt.objects.filter(
        payment__reference__in=references,
        payment__collected_on__gte=date(year, 1, 1),
        payment__collected_on__lt=date(year + 1, 1, 1),
    )
    for paper in found.select_related("payment", "issuer").order_by("pk"):
        papers[paper.payment_id] = paper
    ordered = sorted(papers.values(), key=lambda paper: (paper.payment.collected_on, paper.pk))
    currencies = sorted({paper.currency for paper in ordered})
    return [YearOfReceipts(year, each, [paper for paper in ordered if paper.currency == each]) for each in currencies]
