"""The test cards and accounts: each does one thing, always the same, and says so."""

from dataclasses import dataclass

OK, APPROVAL, PROMISE, BOUNCE = "ok", "approval", "promise", "bounce"


@dataclass(frozen=True)
class Card:
    """What a card does the first time, on the pay page, and what it does whenever it is collected on later."""

    code: str
    number: str
    name: str
    says: str
    first: str
    later: str
    method: str = "card"
    lasts: int = 36  # months, the one in which it is given not counted; 0 for ever

    @property
    def hint(self) -> str:
        """As a receipt names it."""
        return f"{'account' if self.method == 'debit' else 'card'} ending {self.number[-4:]}"


CARDS = [
    Card("accepts", "4000000000000001", "Accepts", "Is accepted at once, and every time after.", OK, OK),
    Card(
        "empty", "4000000000000002", "Not enough money", "The bank says no.", "insufficient_funds", "insufficient_funds"
    ),
    Card("expired", "4000000000000003", "Expired", "The bank says no.", "expired_card", "expired_card"),
    Card("stolen", "4000000000000004", "Stolen", "The bank says no, and for good.", "stolen_card", "stolen_card"),
    Card("approval", "4000000000000005", "Wants approval", "Asks you to confirm on a second page.", APPROVAL, OK),
    Card("later", "4000000000000006", "Fails next time", "Works today, has no money after.", OK, "insufficient_funds"),
    Card("ask-later", "4000000000000007", "Wants approval next time", "Works today, asks you after.", OK, APPROVAL),
    Card("debit", "20000008", "Direct debit", "Promised today, paid in three bank days.", PROMISE, PROMISE, "debit", 0),
    Card("bounces", "20000009", "Direct debit that bounces", "Promised today, fails then.", BOUNCE, BOUNCE, "debit", 0),
    Card("ends-soon", "4000000000000010", "Expires next month", "Works this month and the next.", OK, OK, lasts=1),
]
BY_CODE = {card.code: card for card in CARDS}


def find(code: str, number: str) -> Card | None:
    """The card whose number was typed, or else the one that was chosen."""
    typed = "".join(letter for letter in number if letter not in " -")
    if typed:
        return next((card for card in CARDS if card.number == typed), None)
    return BY_CODE.get(code)


def sentence(reason: str) -> str:
    """Why the bank says no, in words."""
    return {
        "insufficient_funds": "There is not enough money on this card.",
        "expired_card": "This card has expired.",
        "stolen_card": "This card was reported stolen.",
        "not_approved": "You did not approve the payment.",
    }.get(reason, "The bank says no.")
