"""What one can pay with here. Cards bear the numbers that Stripe's own test mode has for the same behaviour."""

from dataclasses import dataclass

DEBIT_TAKES = 4 * 86400  # seconds until a bank has answered a debit


@dataclass(frozen=True)
class Means:
    """A card or account: what it says when its owner is there (`first`), what `later`, and what comes `after`.

    'ok', '3ds' (asks its owner), or a no: 'code' or 'code/decline_code'.
    """

    number: str
    kind: str = "card"
    first: str = "ok"
    later: str = "ok"
    after: str = ""

    @property
    def last4(self) -> str:
        return self.number[-4:] if self.kind not in ("link", "paypal") else ""


ALL = (
    Means("4242424242424242"),
    Means("4000002500003155", first="3ds"),
    Means("4000002760003184", first="3ds", later="authentication_required/authentication_required"),
    Means("4000000000000341", later="card_declined/do_not_honor"),
    Means("4000000000009995", first="card_declined/insufficient_funds"),
    Means("4000000000009987", first="card_declined/lost_card"),
    Means("4000000000009979", first="card_declined/stolen_card"),
    Means("4000000000000069", first="expired_card/expired_card"),
    Means("4000000000000127", first="incorrect_cvc/incorrect_cvc"),
    Means("4000000000000119", first="processing_error/processing_error"),
    Means("4000000000000002", first="card_declined/generic_decline"),
    Means("4000000000006975", first="card_declined/card_velocity_exceeded"),
    Means("4000000000000259", after="dispute"),
    Means("4000000000001976", after="inquiry"),
    Means("4000000000005126", after="refund fails"),
    Means("00012345", kind="bacs_debit"),
    Means("33333335", kind="bacs_debit", after="debit_not_authorized"),
    Means("22222227", kind="bacs_debit", after="insufficient_funds"),
    Means("11111116", kind="bacs_debit", after="account_closed"),
    Means("AT611904300234573201", kind="sepa_debit"),
    Means("link", kind="link"),
    Means("paypal", kind="paypal"),
    # These run out of money only once they are saved.
    Means("4000000000000010", later="card_declined/insufficient_funds"),
    Means("4000000000000036", later="expired_card/expired_card"),
    Means("4000000000000044", later="card_declined/stolen_card"),
)
BY_NUMBER = {means.number: means for means in ALL}
GOOD, ASKS_LATER, DEBIT, DECLINED = "4242424242424242", "4000002760003184", "00012345", "4000000000000002"
