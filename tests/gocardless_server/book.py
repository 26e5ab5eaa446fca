"""What this GoCardless knows: requests, permissions, payments, refunds, payouts, events; and what becomes of them."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.gocardless_server.accounts import BY_NUMBER, Account

DAY = 86400
SUBMITTED_AFTER, CONFIRMED_AFTER, LATE_AFTER, BACK_AFTER = 2 * DAY, 5 * DAY, 12 * DAY, 30 * DAY
FLOW_LASTS = 7 * DAY
ENDED = ("failed", "cancelled", "expired", "consumed", "blocked")
COLLECTED = ("confirmed", "paid_out")
Thing = dict[str, Any]


class No(Exception):
    """A call that is refused, as GoCardless says it."""

    def __init__(self, status: int, kind: str, reason: str, message: str = "No.", **links: str) -> None:
        self.status = status
        one = {"reason": reason, "message": message} | ({"links": links} if links else {})
        self.error = {"type": kind, "code": status, "message": message, "errors": [one], "request_id": "tests"}
        super().__init__(reason)


class Book:
    """Everything, in memory. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], address: str = "") -> None:
        self.clock, self.address = clock, address
        self.things: dict[str, dict[str, Thing]] = {}
        self.accounts: dict[str, Account] = {}  # of a bank account
        self.fails: dict[str, str] = {}  # of a payment: why, whatever its account does otherwise
        self.items: dict[str, list[Thing]] = {}  # of a payout
        self.settled: set[tuple[str, str]] = set()  # what has been in a payout: type and id
        self.events: list[Thing] = []
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.count = 0

    # --- time and names ---------------------------------------------------------------------------------------

    def pass_time(self) -> None:
        """Whatever is due by now happens, each thing at its own moment."""
        clock = self.clock
        while ready := [one for one in self.due if one[0] <= clock()]:
            first = min(ready, key=lambda one: one[0])
            self.due.remove(first)
            self.clock = lambda at=first[0]: at  # type: ignore[misc]
            try:
                first[1]()
            finally:
                self.clock = clock

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self.due.append((self.clock() + seconds, what))

    @property
    def now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def new(self, kind: str, prefix: str, **facts: Any) -> Thing:
        self.count += 1
        made = {"id": f"{prefix}{self.count:06}", "created_at": self.now, **facts}
        self.things.setdefault(kind, {})[made["id"]] = made
        return made

    def get(self, kind: str, ref: str) -> Thing:
        if ref not in self.things.get(kind, {}):
            raise No(404, "invalid_api_usage", "resource_not_found")
        return self.things[kind][ref]

    def of_kind(self, kind: str) -> list[Thing]:
        """The newest first."""
        return list(self.things.get(kind, {}).values())[::-1]

    def tell(self, kind: str, action: str, thing: Thing, *, origin: str = "gocardless", cause: str = "") -> Thing:
        links = {{"billing_requests": "billing_request"}.get(kind, kind.removesuffix("s")): thing["id"]}
        if kind == "payments" and thing["links"].get("payout"):
            links["payout"] = thing["links"]["payout"]
        details = {"origin": origin, "cause": cause or f"{kind.removesuffix('s')}_{action}", "description": "Said so."}
        if origin == "bank":
            details |= {"scheme": "bacs", "reason_code": "ARUDD-0", "will_attempt_retry": False}
        event = self.new(
            "events", "EV", resource_type=kind, action=action, links=links, details=details, metadata={},
            resource_metadata=copy.deepcopy(thing.get("metadata", {})), source={"name": "Tests", "type": "app"},
        )  # fmt: skip
        self.events.append(event)
        return event

    # --- the flow ---------------------------------------------------------------------------------------------

    def open_request(self, asked: Thing) -> Thing:
        permission = asked["mandate_request"]
        if {"GBP": "bacs", "EUR": "sepa_core"}[permission["currency"]] != permission["scheme"]:
            raise No(422, "validation_failed", "invalid_scheme")
        request = self.new(
            "billing_requests", "BRQ",
            status="pending", mandate_request=permission, metadata=asked["metadata"], links={"creditor": "CR1"},
            fallback_enabled=False, fallback_occurred=False, actions=[],
        )  # fmt: skip
        self.tell("billing_requests", "created", request, origin="api")
        return request

    def open_flow(self, asked: Thing) -> Thing:
        self.get("billing_requests", asked["links"]["billing_request"])
        flow = self.new("billing_request_flows", "BRF", **asked)
        flow["expires_at"] = datetime.fromtimestamp(self.clock() + FLOW_LASTS, UTC).isoformat()
        flow["authorisation_url"] = f"{self.address}/flow/{flow['id']}"
        return flow

    def cancel_request(self, ref: str) -> Thing:
        request = self.get("billing_requests", ref)
        if request["status"] != "pending":
            raise No(422, "invalid_state", "billing_request_not_cancellable")
        request["status"] = "cancelled"
        self.tell("billing_requests", "cancelled", request, origin="api")
        return request

    def is_open(self, flow: Thing) -> bool:
        request = self.get("billing_requests", flow["links"]["billing_request"])
        expires = datetime.fromisoformat(flow["expires_at"]).timestamp()
        return bool(request["status"] == "pending") and self.clock() < expires

    def fulfil(self, flow: Thing, number: str) -> Thing:
        """The giver has typed an account and agreed."""
        request = self.get("billing_requests", flow["links"]["billing_request"])
        permission = request["mandate_request"]
        customer = self.new("customers", "CU", email=(flow.get("prefilled_customer") or {}).get("email"))
        bank = self.new(
            "customer_bank_accounts", "BA",
            account_number_ending=number[-2:], account_holder_name="ADA OBI", country_code="GB", enabled=True,
            currency=permission["currency"], links={"customer": customer["id"]}, metadata={},
        )  # fmt: skip
        self.accounts[bank["id"]] = BY_NUMBER[number]
        mandate = self.new(
            "mandates", "MD",
            status="pending_submission", scheme=permission["scheme"], reference=f"REF{self.count}",
            metadata=permission.get("metadata", {}), payments_require_approval=False,
            links={"creditor": "CR1", "customer": customer["id"], "customer_bank_account": bank["id"]},
        )  # fmt: skip
        request["status"] = "fulfilled"
        request["links"] |= {"customer": customer["id"], "mandate_request_mandate": mandate["id"]}
        self.tell("mandates", "created", mandate)
        self.tell("billing_requests", "fulfilled", request)
        self.later(DAY, lambda: self._submit_mandate(mandate))
        return mandate

    def elsewhere(self, number: str, *, subscribed: bool = False) -> tuple[str, str]:
        """Somebody who gave a mandate to other software here: the customer, and the mandate."""
        customer = self.new("customers", "CU", email="of.old@example.org")
        bank = self.new(
            "customer_bank_accounts", "BA",
            account_number_ending=number[-2:], account_holder_name="ADA OBI", country_code="GB", enabled=True,
            currency="GBP", links={"customer": customer["id"]}, metadata={},
        )  # fmt: skip
        self.accounts[bank["id"]] = BY_NUMBER[number]
        mandate = self.new(
            "mandates", "MD",
            status="active", scheme="bacs", reference="OLD", metadata={}, payments_require_approval=False,
            links={"creditor": "CR1", "customer": customer["id"], "customer_bank_account": bank["id"]},
        )  # fmt: skip
        if subscribed:
            self.new(
                "subscriptions", "SB",
                amount=500, currency="GBP", interval=1, interval_unit="monthly", status="active", metadata={},
                links={"mandate": mandate["id"]},
            )  # fmt: skip
        return customer["id"], mandate["id"]

    def _submit_mandate(self, mandate: Thing) -> None:
        if mandate["status"] != "pending_submission":
            return
        mandate["status"] = "submitted"
        self.tell("mandates", "submitted", mandate)
        self.later(2 * DAY, lambda: self._bank_has_the_mandate(mandate))

    def _bank_has_the_mandate(self, mandate: Thing) -> None:
        if mandate["status"] != "submitted":
            return
        if cause := self.account_of(mandate).refuses:
            self.end_mandate(mandate["id"], "failed", cause)
        else:
            mandate["status"] = "active"
            self.tell("mandates", "active", mandate, cause="mandate_activated")

    def account_of(self, mandate: Thing) -> Account:
        return self.accounts[mandate["links"]["customer_bank_account"]]

    # --- permissions ------------------------------------------------------------------------------------------

    def end_mandate(self, ref: str, status: str = "cancelled", cause: str = "mandate_cancelled") -> None:
        """By its giver's bank; what is under way ends with it."""
        mandate = self.get("mandates", ref)
        mandate["status"] = status
        self.tell("mandates", status, mandate, origin="bank", cause=cause)
        for payment in self.of_kind("payments"):
            became = {"pending_submission": "cancelled", "submitted": "failed"}.get(payment["status"])
            if payment["links"]["mandate"] == ref and became:
                self._end(payment, became, cause, origin="bank")

    def cancel_mandate(self, ref: str) -> Thing:
        if self.get("mandates", ref)["status"] in ENDED:
            raise No(422, "invalid_state", "cancellation_failed", "The mandate could not be cancelled.")
        self.end_mandate(ref)
        return self.get("mandates", ref)

    def cancel_payment(self, ref: str) -> Thing:
        payment = self.get("payments", ref)
        if payment["status"] != "pending_submission":
            raise No(422, "invalid_state", "cancellation_failed", "The payment could not be cancelled.")
        self._end(payment, "cancelled", "payment_cancelled", origin="api")
        return self.get("payments", ref)

    def replace_mandate(self, ref: str) -> Thing:
        """As when a creditor moves to a number of its own at the scheme."""
        old = self.get("mandates", ref)
        new = self.new(
            "mandates", "MD", **{k: copy.deepcopy(v) for k, v in old.items() if k not in ("id", "created_at")}
        )
        new["status"], new["metadata"], old["status"] = "active", {}, "cancelled"
        old["links"]["new_mandate"] = new["id"]
        self.tell("mandates", "replaced", old, cause="scheme_identifier_changed")
        return new

    def transfer_mandate(self, ref: str, ending: str) -> None:
        """Its giver has changed banks, and the banks have taken the permission along."""
        mandate = self.get("mandates", ref)
        old = self.get("customer_bank_accounts", mandate["links"]["customer_bank_account"])
        new = self.new(
            "customer_bank_accounts", "BA", **{k: v for k, v in old.items() if k not in ("id", "created_at")}
        )
        new["account_number_ending"], self.accounts[new["id"]] = ending, self.accounts[old["id"]]
        mandate["links"]["customer_bank_account"] = new["id"]
        self.tell("mandates", "transferred", mandate, origin="bank", cause="bank_account_transferred")

    # --- payments ---------------------------------------------------------------------------------------------

    def collect(self, asked: Thing) -> Thing:
        mandate = self.get("mandates", asked["links"]["mandate"])
        if mandate["links"].get("new_mandate"):
            raise No(422, "invalid_state", REPLACED, "It was replaced.", new_mandate=mandate["links"]["new_mandate"])
        if mandate["status"] in ENDED:
            raise No(422, "invalid_state", "mandate_is_inactive", "Mandate is failed, cancelled or expired")
        if not 0 < asked["amount"] <= 500_000:
            raise No(422, "validation_failed", "too_large", "is above the limit of the scheme")
        payment = self.new(
            "payments", "PM",
            status="pending_submission", amount=asked["amount"], currency=asked["currency"], amount_refunded=0,
            description=asked.get("description"), metadata=asked.get("metadata", {}), scheme=mandate["scheme"],
            retry_if_possible=asked["retry_if_possible"], links={"creditor": "CR1", "mandate": mandate["id"]},
        )  # fmt: skip
        self.tell("payments", "created", payment, origin="api")
        self.later(SUBMITTED_AFTER, lambda: self._submit(payment))
        return payment

    def _submit(self, payment: Thing) -> None:
        if payment["status"] == "pending_submission":
            payment["status"] = "submitted"
            self.tell("payments", "submitted", payment)
            self.later(CONFIRMED_AFTER - SUBMITTED_AFTER, lambda: self._bank_answers(payment))

    def _bank_answers(self, payment: Thing) -> None:
        account = self.account_of(self.get("mandates", payment["links"]["mandate"]))
        if payment["status"] != "submitted":
            return
        if cause := self.fails.get(payment["id"], account.fails):
            self._end(payment, "failed", cause, origin="bank")
            return
        self.confirm(payment)
        if account.late:
            self.later(LATE_AFTER - CONFIRMED_AFTER, lambda: self._end(payment, "failed", account.late, origin="bank"))
        if account.back:
            self.later(BACK_AFTER - CONFIRMED_AFTER, lambda: self.charge_back(payment, account.back))

    def confirm(self, payment: Thing) -> None:
        payment["status"] = "confirmed"
        self.tell("payments", "confirmed", payment)

    def charge_back(self, payment: Thing, cause: str = "refund_requested") -> None:
        """Its giver has claimed it back at the bank."""
        self._end(payment, "charged_back", cause, origin="bank")

    def win_back(self, payment: Thing) -> None:
        """The bank has undone the claim; where a payout was less by it, the next one is more by it."""
        payment["status"] = "paid_out"
        if ("payment_charged_back", payment["id"]) in self.settled:
            self.settled -= {("payment_paid_out", payment["id"]), ("payment_charged_back", payment["id"])}
        self.tell("payments", "chargeback_cancelled", payment, origin="bank", cause="payment_confirmed")

    def deny(self, payment: Thing) -> None:
        """Whoever had to sign as well did not."""
        self._end(payment, "customer_approval_denied", "customer_approval_denied", origin="customer")

    def _end(self, payment: Thing, status: str, cause: str, *, origin: str) -> None:
        payment["status"] = status
        self.tell("payments", status, payment, origin=origin, cause=cause)

    # --- giving back ------------------------------------------------------------------------------------------

    def refund(self, asked: Thing) -> Thing:
        payment = self.get("payments", asked["links"]["payment"])
        if payment["status"] not in COLLECTED:
            raise No(422, "invalid_state", "refund_payment_invalid_state", "It is not collected.")
        if asked["total_amount_confirmation"] != payment["amount_refunded"] + asked["amount"]:
            raise No(422, "validation_failed", "total_amount_confirmation_invalid")
        if payment["amount_refunded"] + asked["amount"] > payment["amount"]:
            raise No(422, "validation_failed", "available_refund_amount_insufficient")
        refund = self.new(
            "refunds", "RF",
            status="created", amount=asked["amount"], currency=payment["currency"], reference=None,
            metadata=asked.get("metadata", {}),
            links={"payment": payment["id"], "mandate": payment["links"]["mandate"]},
        )  # fmt: skip
        payment["amount_refunded"] += asked["amount"]
        self.tell("refunds", "created", refund, origin="api", cause="payment_refunded")
        return refund

    def bounce(self, refund: Thing) -> None:
        """It did not reach the giver: the money is here again."""
        self.get("payments", refund["links"]["payment"])["amount_refunded"] -= refund["amount"]
        refund["status"] = "bounced"
        self.tell("refunds", "failed", refund)

    # --- payouts ----------------------------------------------------------------------------------------------

    def pay_out(self, currency: str = "GBP") -> Thing | None:
        """All that came in since the last one goes to the creditor's bank, fees taken off, rounded once."""
        items: list[Thing] = []
        for payment in reversed(self.of_kind("payments")):
            if payment["currency"] == currency:
                items += self._items_of(payment)
        for refund in reversed(self.of_kind("refunds")):
            if refund["currency"] == currency:
                items += self._items_of_refund(refund)
        total = sum((Decimal(item["amount"]) for item in items), Decimal(0))
        amount = int(total.quantize(Decimal(1), ROUND_HALF_UP))
        if not items:
            return None
        fee = sum((Decimal(item["amount"]) for item in items if item["type"] == "gocardless_fee"), Decimal(0))
        payout = self.new(
            "payouts", "PO",
            amount=amount, currency=currency, deducted_fees=-int(fee), status="paid", payout_type="merchant",
            reference="PAPER", arrival_date=self.now[:10], metadata={"in": "ours"}, links={"creditor": "CR1"},
        )  # fmt: skip
        self.items[payout["id"]] = items
        for item in items:
            if item["type"] == "payment_paid_out":
                payment = self.get("payments", item["links"]["payment"])
                payment["links"]["payout"] = payout["id"]
                if payment["status"] == "confirmed":
                    payment["status"] = "paid_out"
                self.tell("payments", "paid_out", payment)
        self.tell("payouts", "paid", payout)
        return payout

    def _items_of(self, payment: Thing) -> list[Thing]:
        ref, amount = payment["id"], payment["amount"]
        made: list[Thing] = []
        fee = (Decimal(amount) / 100 + 20).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if payment["status"] in COLLECTED and self._is_new("payment_paid_out", ref):
            made += [
                _item("payment_paid_out", Decimal(amount), payment=ref),
                _item("gocardless_fee", -fee, payment=ref),
            ]
        back = {"failed": "payment_failed", "charged_back": "payment_charged_back"}.get(payment["status"])
        if back and ("payment_paid_out", ref) in self.settled and self._is_new(back, ref):
            made += [_item(back, -Decimal(amount), payment=ref), _item("gocardless_fee", fee, payment=ref)]
        return made

    def _items_of_refund(self, refund: Thing) -> list[Thing]:
        links = {"payment": refund["links"]["payment"], "refund": refund["id"]}
        made: list[Thing] = []
        if self._is_new("payment_refunded", refund["id"]):
            made.append(_item("payment_refunded", -Decimal(refund["amount"]), **links))
        if refund["status"] == "bounced" and self._is_new("refund_funds_returned", refund["id"]):
            made.append(_item("refund_funds_returned", Decimal(refund["amount"]), **links))
        return made

    def _is_new(self, kind: str, ref: str) -> bool:
        is_new = (kind, ref) not in self.settled
        self.settled.add((kind, ref))
        return is_new

    def send_payout_back(self, payout: Thing) -> None:
        """The creditor's bank did not take it."""
        payout["status"] = "bounced"

    @property
    def paid_out(self) -> int:
        """In minor units, all payouts together that reached the bank."""
        return sum(payout["amount"] for payout in self.of_kind("payouts") if payout["status"] == "paid")

    # --- somebody else ----------------------------------------------------------------------------------------

    def sell_to_another(self, amount: int = 900) -> Thing:
        """Somebody else, who shares the account, collects on a permission of their own."""
        permission = {"currency": "GBP", "scheme": "bacs", "metadata": {"order": "7"}}
        request = self.open_request({"mandate_request": permission, "metadata": {}})
        flow = self.open_flow({"links": {"billing_request": request["id"]}, "redirect_uri": "https://bakery.example/"})
        mandate = self.fulfil(flow, "55779911")
        return self.collect(
            {"amount": amount, "currency": "GBP", "links": {"mandate": mandate["id"]}, "retry_if_possible": True}
        )


REPLACED = "mandate_replaced"


def _item(kind: str, amount: Decimal, **links: str) -> Thing:
    return {"type": kind, "amount": f"{amount:.1f}", "links": links, "taxes": []}
