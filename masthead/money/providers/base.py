"""What a provider is: who holds mandates and moves the money. We schedule; it collects when we say so.

What it tells us becomes *facts*, small frozen values that only add up: each says what has happened, none says what
has not. A fact may come twice, late, or before another that it follows from; the sum is the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from masthead.money.amounts import Money

if TYPE_CHECKING:
    from masthead.money.models import Checkout, Event, Mandate, Payment, Refund, Setup


class NotGenuine(Exception):
    """A webhook that the provider did not sign, or not lately, or that can't be read."""


class Unreadable(Exception):
    """An event of a kind that we know, without what such an event has to say."""


class NotOurs(Exception):
    """An event about something that somebody else, who shares the provider's account, has made."""


class WillNot(Exception):
    """The provider won't do as asked, and asking again won't help; says why in its own words, for the desk."""


class PageIsOver(Exception):
    """The pay page can't be used any more, and nothing was paid there: another one may be made."""


class PageIsUsed(Exception):
    """The pay page was used; what became of it is on its way to us."""


@dataclass(frozen=True)
class Told:
    """One event as a provider told it; `subject` is our own reference, when it names one."""

    event_id: str
    kind: str
    subject: str
    body: dict[str, Any]


@dataclass(frozen=True)
class PayPage:
    """Where the visitor pays, and what the provider calls that visit."""

    provider_ref: str
    url: str


@dataclass(frozen=True)
class MandateFacts:
    """What is known of a permission to collect. `checkout` is our reference of the visit that gave it.

    Without it the facts are about a permission that we have already, or about none of ours.
    """

    provider_ref: str
    checkout: str
    method: str
    hint: str
    made_at: datetime | None
    ended_at: datetime | None = None
    expires_on: date | None = None  # the last day on which it can be collected on, where it has one


@dataclass(frozen=True)
class RefundFacts:
    """Money given back; `reference` is ours, or empty when the provider's own desk gave it.

    With both moments it was given and came back to us, because the giver's bank didn't take it.
    """

    provider_ref: str
    reference: str
    amount: Money
    made_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True)
class PaymentFacts:
    """What is known of one payment; `reference` is ours.

    `approval_url` is empty where the provider has no page that lasts: then ours opens one (see approvals).
    `reinstated_minor` and `reinstated_fee_minor` are what came back of `returned_minor` and `return_fee_minor`.
    `doubt` says in words for the desk why it can't count as collected, though the provider says that it is.
    """

    reference: str
    provider_ref: str
    amount: Money
    promised_at: datetime | None = None
    approval_asked_at: datetime | None = None
    approval_url: str = ""
    collected_at: datetime | None = None
    fee_minor: int = 0
    failed_at: datetime | None = None
    failure: str = ""
    returned_at: datetime | None = None
    returned_minor: int = 0
    return_fee_minor: int = 0
    reinstated_at: datetime | None = None
    reinstated_minor: int = 0
    reinstated_fee_minor: int = 0
    method: str = ""  # card or debit, once it is known
    mandate: MandateFacts | None = None
    refunds: tuple[RefundFacts, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class CheckoutFacts:
    """What is known of a visit to the pay page: whether a card was declined, and whether it was left unpaid."""

    reference: str
    declined_at: datetime | None = None
    failure: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True)
class FeeFacts:
    """What a provider took for a payment, learnt apart from it and later; below zero where it gave that back.

    `payment` is what the provider calls the payment, `taken_in` where in its books the fee stands: one fee in each.
    """

    payment: str
    taken_in: str
    amount: Money
    taken_at: datetime


Facts = MandateFacts | PaymentFacts | CheckoutFacts | FeeFacts


@dataclass(frozen=True)
class Movement:
    """One line of the provider's own books: payment, refund, dispute, fee or payout."""

    provider_ref: str
    kind: str
    reference: str
    amount: Money
    fee: Money
    at: datetime


class Provider(ABC):
    """One provider behind the one interface. Every call may raise Trouble: nothing is lost then, we ask again.

    Calls that move money are keyed by our own reference, so that a repeat moves nothing twice.
    """

    name: str
    origin: str

    way: ClassVar[str] = "Card or wallet"
    """How givers call it, where they may choose."""
    taken: ClassVar[str] = "Taken at once."
    """What is taken when, for givers to read before they pay."""
    permission_first: ClassVar[bool] = False
    """Whether its page takes a permission to collect and no money. The first payment is then asked for by `collect`."""

    def takes(self, currency: str, *, keeps_mandate: bool) -> bool:
        """Whether its page may be offered for a payment in `currency`, and a permission to collect again if wanted."""
        return True

    @abstractmethod
    def open(self, checkout: "Checkout") -> PayPage:
        """Have a pay page made for this visit, and a mandate set up there when it keeps one. Raises WillNot."""

    @abstractmethod
    def look_up(self, checkout: "Checkout") -> Told:
        """What became of a visit, asked by our reference."""

    @abstractmethod
    def collect(self, payment: "Payment") -> Told:
        """Collect on the payment's mandate."""

    @abstractmethod
    def refund(self, refund: "Refund") -> Told:
        """Give money back."""

    @abstractmethod
    def cancel(self, mandate: "Mandate") -> Told:
        """End a mandate, so that nothing can be collected on it."""

    @abstractmethod
    def moved(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """What moved from `start` until before `end`, by the provider's own books."""

    @abstractmethod
    def verify(self, body: bytes, headers: Mapping[str, str]) -> list[Told]:
        """The events in a webhook. Raises NotGenuine."""

    @abstractmethod
    def read(self, event: "Event") -> list[Facts] | None:
        """The facts in an event; None when we do not know events of its kind. Raises Unreadable, NotOurs.

        Asks nobody: it runs inside the transaction that keeps what it says.
        """

    def fill_in(self, event: "Event") -> dict[str, Any] | None:
        """The event's body with what the provider leaves out of it, asked for; None when nothing is missing.

        Called before `read`, outside any transaction.
        """
        return None

    def open_setup(self, setup: "Setup") -> PayPage:
        """Have a page made where a card or account is given for later, and nothing is paid. Raises WillNot.

        What came of it are facts as of a visit that pays: CheckoutFacts and MandateFacts that name `setup.reference`.
        """
        raise WillNot(f"{self.name} keeps no card or account without a payment")

    def look_up_setup(self, setup: "Setup") -> Told:
        """What became of such a visit."""
        raise NotImplementedError(self.name)

    def look_up_payment(self, payment: "Payment") -> Told | None:
        """What is known of a payment that was made or promised long ago; None when the provider knows none such."""
        return None

    def approval_page(self, payment: "Payment", *, key: str, return_to: str, page: str) -> PayPage:
        """Where the giver approves `payment` now: the page called `page`, or one made under `key` if that is empty.

        Raises PageIsOver, PageIsUsed, WillNot. For providers whose facts ask for approval without an address.
        """
        raise NotImplementedError(self.name)

    def standing(self) -> Iterator[tuple[bool, str]]:
        """Whether it answers and is set up as we need it, each thing with a sentence: for `masthead check`."""
        yield from ()
