"""What a provider is: who holds mandates and moves the money. We schedule; it collects when we say so.

What it tells us becomes *facts*, small frozen values that only add up: each says what has happened, none says what
has not. A fact may come twice, late, or before another that it follows from; the sum is the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    fee_minor: int = 0  # what it cost besides; below zero where the provider gave some of its fee back
    failed_fee_minor: int = 0  # likewise for its coming back


@dataclass(frozen=True)
class DisputeFacts:
    """What a claim through the giver's bank took, and what of it came back. All amounts above zero.

    `provider_ref` is empty where the provider has no name for it: then it is the payment's first.
    """

    provider_ref: str
    taken_at: datetime
    amount_minor: int
    fee_minor: int = 0
    back_at: datetime | None = None
    back_minor: int = 0
    back_fee_minor: int = 0


@dataclass(frozen=True)
class PaymentFacts:
    """What is known of one payment; `reference` is ours.

    `approval_url` is empty where the provider has no page that lasts: then ours opens one (see approvals).
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
    method: str = ""  # card or debit, once it is known
    mandate: MandateFacts | None = None
    refunds: tuple[RefundFacts, ...] = ()
    disputes: tuple[DisputeFacts, ...] = ()
    doubt: str = ""

    @property
    def returned_at(self) -> datetime | None:
        """When the first dispute took its money."""
        return min((one.taken_at for one in self.disputes), default=None)

    @property
    def reinstated_at(self) -> datetime | None:
        """When the last of it came back, if all of it did."""
        back = [one.back_at for one in self.disputes]
        return max((at for at in back if at), default=None) if all(back) else None


@dataclass(frozen=True)
class CheckoutFacts:
    """What is known of a visit to the pay page: whether a card was declined, and whether it was left unpaid."""

    reference: str
    declined_at: datetime | None = None
    failure: str = ""
    card: str = ""  # what the provider calls the card that was tried, the same in every visit, where it tells
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
    """One line of the provider's own books. What it changes there is `amount` less `fee`.

    `kind` is one of states.MovementKind. `payment` is our reference of the payment that it is about, `payment_ref` the
    provider's; `thing` is what the provider calls the refund, the dispute, or where the fee was taken.
    `place` is where to go on after this line; empty where nothing can go on.
    """

    provider_ref: str
    kind: str
    reference: str
    amount: Money
    fee: Money
    at: datetime
    payment: str = ""
    payment_ref: str = ""
    thing: str = ""
    place: str = ""


class Provider(ABC):
    """One provider behind the one interface. Every call may raise Trouble: nothing is lost then, we ask again.

    Calls that move money are keyed by our own reference, so that a repeat moves nothing twice.
    """

    name: str
    origin: str

    way: ClassVar[str] = "Card or wallet"
    """How givers call it, where they may choose."""
    pays_with: ClassVar[str] = "card"
    """The method of most payments on its page: whose fee a giver may cover."""
    taken: ClassVar[str] = "Taken at once."
    """What is taken when, for givers to read before they pay."""
    permission_first: ClassVar[bool] = False
    """Whether its page takes a permission to collect and no money. The first payment is then asked for by `collect`."""

    @property
    def keeps_without_payment(self) -> bool:
        """Whether it has a page where a card or account is given and nothing is paid: see open_setup."""
        return type(self).open_setup is not Provider.open_setup

    methods: ClassVar[Mapping[str, str]] = {"all": "Every way that it has"}
    """What can be switched off of it, for payments to come: its own names, and ours for the desk."""

    def methods_for(self, currency: str) -> frozenset[str]:
        """Those of `methods` that can pay in `currency`. When all of them are off, its page is offered to nobody."""
        return frozenset(self.methods)

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

    def call_off(self, payment: "Payment") -> Told | None:
        """Stop a payment that the bank has promised; None when that can't be done (any more), and it comes about."""
        return None

    @abstractmethod
    def cancel(self, mandate: "Mandate") -> Told:
        """End a mandate, so that nothing can be collected on it."""

    @abstractmethod
    def moved(self, start: datetime, end: datetime, after: str = "") -> Iterator[Movement]:
        """What moved from `start` until before `end`, by the provider's own books, in whatever order.

        `after` is the `place` of a line that was given before: those up to it need not be given again.
        """

    lists_within: ClassVar[timedelta] = timedelta(days=1)
    """How long after we post something the provider may take to list it in its own books."""
    same_day: ClassVar[bool] = True
    """Whether its books date things as we do. Where a payment is listed when it is paid out, they don't."""

    def undone(self, start: datetime, end: datetime) -> Iterator[Movement]:
        """What was listed from `start` until before `end` and undone since, where `moved` wouldn't say so again."""
        yield from ()

    def look_up_movement(self, movement: Movement) -> Told | None:
        """What is known of what a line of its books is about, so that we learn what we missed of it; None: nothing."""
        return None

    def balance(self) -> dict[str, Money]:
        """What it says that it holds for us now, by currency; empty where it states nothing that can be compared."""
        return {}

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
        """What became of such a visit. Raises WillNot where none can be opened."""
        raise WillNot(f"{self.name} keeps no card or account without a payment")

    def look_over(self, customer: str, method: str, currency: str) -> MandateFacts:
        """What is known of a permission that was given to other software at this provider, if it can be collected on.

        `customer` and `method` are the provider's names of whoever gave it and of the card, account or mandate. Asks,
        and changes nothing. Raises WillNot with the reason, for whoever moves in: not there, of another mode or
        customer, over, in another currency; or still collected on by the software of before.
        """
        raise WillNot(f"{self.name} has nothing that can be taken over from other software")

    def look_up_payment(self, payment: "Payment") -> Told | None:
        """What is known of a payment that was made or promised long ago; None when the provider knows none such."""
        return None

    def approval_page(self, payment: "Payment", *, key: str, return_to: str, page: str) -> PayPage:
        """Where the giver approves `payment` now: the page called `page`, or one made under `key` if that is empty.

        Raises PageIsOver, PageIsUsed, WillNot. For providers whose facts ask for approval without an address.
        """
        raise WillNot(f"{self.name} has no page on which a payment is approved later")

    def standing(self) -> Iterator[tuple[bool, str]]:
        """Whether it answers and is set up as we need it, each thing with a sentence: for `masthead check`."""
        yield from ()
