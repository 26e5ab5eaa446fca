"""What this Stripe knows: customers, methods, payments, refunds, disputes, its own books; and what becomes of them."""

import copy
from collections.abc import Callable
from typing import Any

from tests.stripe_server.cards import BY_NUMBER, DEBIT_TAKES, Means

API_VERSION = "2026-10-28.endive"
SESSION_LASTS = 86400
DISPUTE_FEE = 2000
Thing = dict[str, Any]

DETAILS: dict[str, Callable[[Means], Thing]] = {
    "card": lambda means: {
        "brand": "visa",
        "last4": means.last4,
        "fingerprint": f"fp{means.last4}",
        "exp_month": 12,
        "exp_year": 2034,
        "country": "GB",
        "funding": "credit",
    },
    "bacs_debit": lambda means: {"last4": means.last4, "sort_code": "108800", "fingerprint": "f"},
    "sepa_debit": lambda means: {"last4": means.last4, "country": "AT", "bank_code": "19043", "fingerprint": "f"},
    "link": lambda means: {},
    "paypal": lambda means: {"payer_email": "payer@example.org"},
}


class No(Exception):
    """A call that is refused, as Stripe says it."""

    def __init__(self, status: int, **error: Any) -> None:
        self.status, self.error = status, {"type": "invalid_request_error", "message": "No.", **error}
        super().__init__(str(error))


class Book:
    """Everything, in memory. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float], address: str = "") -> None:
        self.clock, self.address = clock, address
        self.things: dict[str, Thing] = {}
        self.kinds: dict[str, list[Thing]] = {}  # the same, apart by kind
        self.means: dict[str, Means] = {}  # of a payment method
        self.events: list[Thing] = []
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.fees_come_later = False
        self.settles_in = ""  # another currency than the payment's
        self.smallest = 0  # amount that a page is opened for
        self.count = 0

    # --- time and names ----------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return int(self.clock())

    def pass_time(self) -> None:
        """Whatever is due by now happens."""
        while ready := [one for one in self.due if one[0] <= self.clock()]:
            first = min(ready, key=lambda one: one[0])
            self.due.remove(first)
            first[1]()

    def new(self, prefix: str, kind: str, **facts: Any) -> Thing:
        self.count += 1
        made = {"id": f"{prefix}_{self.count:06}", "object": kind, "created": self.now, "livemode": False, **facts}
        self.things[made["id"]] = made
        self.kinds.setdefault(kind, []).append(made)
        return made

    def get(self, ref: str) -> Thing:
        if ref not in self.things:
            raise No(404, code="resource_missing", message=f"No such thing: {ref}")
        return self.things[ref]

    def of_kind(self, kind: str, **fields: Any) -> list[Thing]:
        """The newest first."""
        found = self.kinds.get(kind, [])
        return [one for one in reversed(found) if all(one.get(name) == value for name, value in fields.items())]

    def tell(self, kind: str, thing: Thing) -> None:
        event = self.new(
            "evt",
            "event",
            api_version=API_VERSION,
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            type=kind,
            data={"object": copy.deepcopy(thing)},
        )
        self.events.append(event)

    # --- Checkout ----------------------------------------------------------------------------------------------

    def open_session(self, asked: Thing) -> Thing:
        is_setup = asked["mode"] == "setup"
        if is_setup and "currency" not in asked:
            raise No(400, code="parameter_missing", message="Setup mode wants a currency.")
        free = {"unit_amount": "0", "currency": asked.get("currency")}
        price = free if is_setup else asked["line_items"][0]["price_data"]
        if int(price["unit_amount"]) < self.smallest and not is_setup:
            raise No(400, code="amount_too_small", message="It is too small.")
        session = self.new(
            "cs_test",
            "checkout.session",
            mode=asked["mode"],
            status="open",
            payment_status="no_payment_required" if is_setup else "unpaid",
            amount_total=int(price["unit_amount"]),
            amount_subtotal=int(price["unit_amount"]),
            currency=price["currency"],
            customer=asked.get("customer"),
            customer_email=asked.get("customer_email"),
            customer_creation=asked.get("customer_creation", "if_required"),
            client_reference_id=asked.get("client_reference_id"),
            metadata=asked.get("metadata", {}),
            payment_intent=None,
            setup_intent=None,
            success_url=asked["success_url"],
            cancel_url=asked.get("cancel_url"),
            expires_at=self.now + SESSION_LASTS,
            automatic_tax={"enabled": False},
            excluded_payment_method_types=asked.get("excluded_payment_method_types"),
            custom_fields=[],
            custom_text={},
            shipping_options=[],
            payment_method_types=["card"],
            ui_mode="hosted_page",
        )
        session["url"] = f"{self.address}/c/pay/{session['id']}"
        if is_setup:
            session["setup_intent"] = self._new_setup(session, asked["setup_intent_data"])["id"]
        data = asked.get("payment_intent_data", {})
        self.asked_of_payment = getattr(self, "asked_of_payment", {}) | {session["id"]: data}
        self.due.append((session["expires_at"], lambda: self.expire(session["id"])))
        return session

    def expire(self, ref: str) -> None:
        """A visit runs out, and its payment with it."""
        session = self.get(ref)
        if session["status"] != "open":
            return
        session["status"], session["url"] = "expired", None
        if session["payment_intent"]:
            intent = self.get(session["payment_intent"])
            intent["status"], intent["cancellation_reason"], intent["canceled_at"] = "canceled", "expired", self.now
            self.tell("payment_intent.canceled", intent)
        self.tell("checkout.session.expired", session)

    def pay(self, ref: str, number: str) -> str:
        """What its owner's card says: 'ok', '3ds', or why not."""
        session, means = self.get(ref), BY_NUMBER[number]
        if session["mode"] == "setup":
            return self._give(session, means, "ok" if means.first == "3ds" else means.first)
        intent = self._intent_of(session)
        method = self._method(means)
        intent["payment_method"] = method["id"]
        if means.first == "3ds":
            intent["status"], intent["next_action"] = "requires_action", {"type": "redirect_to_url"}
            self.tell("payment_intent.requires_action", intent)
            return "3ds"
        if means.first != "ok":
            self._decline(intent, means, means.first)
            return means.first
        self._accept(intent, means, session)
        return "ok"

    def answer_bank(self, ref: str, answer: str) -> None:
        """The owner of a card was asked by its bank."""
        session = self.get(ref)
        intent = self.get(session["payment_intent"])
        means = self.means[intent["payment_method"]]
        if answer == "yes":
            self._accept(intent, means, session)
        else:
            self._decline(intent, means, "payment_intent_authentication_failure")

    def hold(self, asked: Thing) -> Thing:
        """A customer, who may hold cards and accounts."""
        return self.new("cus", "customer", email=asked.get("email"), metadata=dict(asked.get("metadata", {})))

    def elsewhere(self, number: str, *, subscribed: bool = False) -> tuple[str, str]:
        """Somebody who gave a card or account to other software here: the customer, and the method."""
        customer, method = self.hold({"email": "of.old@example.org"}), self._method(BY_NUMBER[number])
        method["customer"] = customer["id"]
        if subscribed:
            self.subscribe(customer["id"])
        return customer["id"], method["id"]

    def subscribe(self, customer: str, status: str = "active") -> Thing:
        """A subscription of other software."""
        return self.new(
            "sub",
            "subscription",
            customer=customer,
            status=status,
            automatic_tax={"enabled": False, "liability": None},
            billing_cycle_anchor=self.now,
            cancel_at_period_end=False,
            collection_method="charge_automatically",
            currency="gbp",
            current_period_end=self.now + 86400,
            current_period_start=self.now,
            items={"object": "list", "data": [], "has_more": False, "url": "/v1/subscription_items"},
            metadata={},
            start_date=self.now,
        )

    def _new_setup(self, session: Thing, asked: Thing) -> Thing:
        return self.new(
            "seti",
            "setup_intent",
            customer=session["customer"],
            description=asked.get("description"),
            metadata=dict(asked.get("metadata", {})),
            status="requires_payment_method",
            payment_method=None,
            payment_method_types=["card"],
            usage="off_session",
            last_setup_error=None,
            next_action=None,
        )

    def _give(self, session: Thing, means: Means, why: str) -> str:
        """A card or account is left for later, without a payment."""
        setup = self.get(session["setup_intent"])
        if why != "ok":
            code, _, decline_code = why.partition("/")
            setup["last_setup_error"] = {"type": "card_error", "code": code, "message": "No."}
            if decline_code:
                setup["last_setup_error"]["decline_code"] = decline_code
            self.tell("setup_intent.setup_failed", setup)
            return why
        method = self._method(means)
        method["customer"] = session["customer"]
        setup |= {"payment_method": method["id"], "status": "succeeded", "last_setup_error": None}
        session["status"], session["url"] = "complete", None
        self.tell("setup_intent.succeeded", setup)
        self.tell("checkout.session.completed", session)
        return "ok"

    def _intent_of(self, session: Thing) -> Thing:
        if session["payment_intent"]:
            return self.get(session["payment_intent"])
        asked = self.asked_of_payment[session["id"]]
        intent = self._new_intent(session["amount_total"], session["currency"], session["customer"], asked)
        session["payment_intent"] = intent["id"]
        self.tell("payment_intent.created", intent)
        return intent

    # --- payments ----------------------------------------------------------------------------------------------

    def collect(self, asked: Thing) -> Thing:
        """A payment without its giver. A no is raised, as Stripe answers it with 402."""
        method = self.get(asked["payment_method"])
        if method["customer"] is None or method["customer"] != asked["customer"]:
            raise No(400, code="payment_method_unexpected_state", message="It is not attached to that customer.")
        intent = self._new_intent(int(asked["amount"]), asked["currency"], asked["customer"], asked)
        intent["payment_method"], means = method["id"], self.means[method["id"]]
        self.tell("payment_intent.created", intent)
        if means.later != "ok":
            self._decline(intent, means, means.later)
            error = {name: value for name, value in intent["last_payment_error"].items() if name != "payment_method"}
            raise No(402, **error, payment_intent=copy.deepcopy(intent))
        self._accept(intent, means, None)
        return intent

    def _new_intent(self, amount: int, currency: str, customer: str | None, asked: Thing) -> Thing:
        return self.new(
            "pi",
            "payment_intent",
            amount=amount,
            amount_received=0,
            amount_capturable=0,
            currency=currency,
            customer=customer,
            status="requires_payment_method",
            capture_method=asked.get("capture_method", "automatic_async"),
            confirmation_method="automatic",
            payment_method_types=asked.get("allowed_payment_method_types", ["card"]),
            description=asked.get("description"),
            setup_future_usage=asked.get("setup_future_usage"),
            metadata=dict(asked.get("metadata", {})),
            last_payment_error=None,
            latest_charge=None,
            payment_method=None,
            next_action=None,
            cancellation_reason=None,
            canceled_at=None,
        )

    def _method(self, means: Means) -> Thing:
        method = self.new(
            "pm",
            "payment_method",
            type=means.kind,
            customer=None,
            billing_details={"address": None, "email": None, "name": "Ada Obi", "phone": None},
            allow_redisplay="limited",
            metadata={},
        )
        method[means.kind] = DETAILS[means.kind](means)
        self.means[method["id"]] = means
        return method

    def _charge(self, intent: Thing, means: Means, status: str) -> Thing:
        charge = self.new(
            "py" if means.kind.endswith("debit") else "ch",
            "charge",
            amount=intent["amount"],
            amount_captured=0,
            amount_refunded=0,
            currency=intent["currency"],
            customer=intent["customer"],
            status=status,
            paid=status == "succeeded",
            captured=status == "succeeded",
            refunded=False,
            disputed=False,
            payment_intent=intent["id"],
            payment_method=intent["payment_method"],
            payment_method_details={"type": means.kind, means.kind: DETAILS[means.kind](means)},
            billing_details={"address": None, "email": None, "name": "Ada Obi", "phone": None},
            balance_transaction=None,
            failure_balance_transaction=None,
            metadata=dict(intent["metadata"]),
            failure_code=None,
        )
        intent["latest_charge"] = charge["id"]
        return charge

    def _decline(self, intent: Thing, means: Means, why: str) -> None:
        code, _, decline_code = why.partition("/")
        charge = self._charge(intent, means, "failed")
        charge["failure_code"] = code
        error: Thing = {"type": "card_error", "code": code, "message": "No.", "charge": charge["id"]}
        if decline_code:
            error["decline_code"] = decline_code
        if intent["payment_method"]:
            error["payment_method"] = copy.deepcopy(self.get(intent["payment_method"]))
        intent |= {
            "status": "requires_payment_method",
            "last_payment_error": error,
            "payment_method": None,
            "next_action": None,
        }
        self.tell("charge.failed", charge)
        self.tell("payment_intent.payment_failed", intent)

    def _accept(self, intent: Thing, means: Means, session: Thing | None) -> None:
        intent["last_payment_error"], intent["next_action"] = None, None
        if session is not None:
            self._keep_for_later(intent, session)
        if means.kind.endswith("debit"):
            charge = self._charge(intent, means, "pending")
            intent["status"] = "processing"
            self.tell("charge.pending", charge)
            self.tell("payment_intent.processing", intent)
            self.due.append((self.clock() + DEBIT_TAKES, lambda: self._bank_answers(intent, charge, means, session)))
        else:
            self._succeed(intent, self._charge(intent, means, "succeeded"), means)
        if session is not None:
            session["status"], session["url"] = "complete", None
            session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
            self.tell("checkout.session.completed", session)

    def _keep_for_later(self, intent: Thing, session: Thing) -> None:
        if session["customer"] is None and session["customer_creation"] == "always":
            customer = self.new("cus", "customer", email=session["customer_email"], metadata={})
            session["customer"] = intent["customer"] = customer["id"]
        if intent["setup_future_usage"] and intent["customer"]:
            self.get(intent["payment_method"])["customer"] = intent["customer"]

    def _succeed(self, intent: Thing, charge: Thing, means: Means) -> None:
        intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        if not self.fees_come_later:
            self._settle(charge)
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)
        if means.after in ("dispute", "inquiry"):
            status = "needs_response" if means.after == "dispute" else "warning_needs_response"
            self.dispute(charge["id"], status=status)

    def _settle(self, charge: Thing) -> None:
        is_debit = charge["id"].startswith("py_")
        fee = max(20, charge["amount"] // 100) if is_debit else 20 + (charge["amount"] * 15 + 500) // 1000
        line = self.line("payment" if is_debit else "charge", charge["amount"], fee, charge)
        charge["balance_transaction"] = line["id"]

    def settle_fees(self) -> None:
        """What `fees_come_later` held back."""
        for charge in reversed(self.of_kind("charge", status="succeeded", balance_transaction=None)):
            self._settle(charge)
            self.tell("charge.updated", charge)

    def _bank_answers(self, intent: Thing, charge: Thing, means: Means, session: Thing | None) -> None:
        if means.after:
            charge["status"], charge["failure_code"] = "failed", means.after
            error = {"type": "card_error", "code": means.after, "message": "No.", "charge": charge["id"]}
            intent |= {"status": "requires_payment_method", "last_payment_error": error}
            self.tell("charge.failed", charge)
            self.tell("payment_intent.payment_failed", intent)
        else:
            self._succeed(intent, charge, means)
        if session is not None:
            session["payment_status"] = "unpaid" if means.after else "paid"
            self.tell(f"checkout.session.async_payment_{'failed' if means.after else 'succeeded'}", session)

    def send_debit_back(self, charge_ref: str, code: str = "insufficient_funds") -> None:
        """A bank that had paid a debit sends it back days later."""
        charge = self.get(charge_ref)
        intent, line = (
            self.get(charge["payment_intent"]),
            self.line("payment_failure_refund", -charge["amount"], 0, charge),
        )
        charge |= {"status": "failed", "paid": False, "failure_code": code, "failure_balance_transaction": line["id"]}
        error = {"type": "card_error", "code": code, "message": "No.", "charge": charge["id"]}
        intent |= {"status": "requires_payment_method", "last_payment_error": error, "amount_received": 0}
        self.tell("charge.failed", charge)
        self.tell("payment_intent.payment_failed", intent)

    # --- giving and taking back -----------------------------------------------------------------------------------

    def refund(self, asked: Thing, *, pending: bool = False, fee: int = 0) -> Thing:
        charge = self.get(self.get(asked["payment_intent"])["latest_charge"])
        amount = int(asked.get("amount", charge["amount"] - charge["amount_refunded"]))
        if charge["disputed"]:
            raise No(400, code="charge_disputed", message="It is disputed.")
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise No(400, code="charge_already_refunded", message="It has been refunded.")
        refund = self.new(
            "re",
            "refund",
            amount=amount,
            currency=charge["currency"],
            status="pending" if pending else "succeeded",
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            reason=asked.get("reason"),
            metadata=dict(asked.get("metadata", {})),
            balance_transaction=None,
            failure_balance_transaction=None,
        )
        if not pending:
            refund["balance_transaction"] = self.line("refund", -amount, fee, refund)["id"]
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("charge.refunded", charge)
        self.tell("refund.created", refund)
        if self.means[charge["payment_method"]].after == "refund fails":
            self.due.append((self.clock() + 86400, lambda: self.fail_refund(refund["id"])))
        return refund

    def fail_refund(self, ref: str, reason: str = "expired_or_canceled_card") -> None:
        """The giver's bank didn't take it: the money is here again."""
        refund = self.get(ref)
        charge = self.get(refund["charge"])
        refund |= {"status": "failed", "failure_reason": reason}
        if refund["balance_transaction"]:
            line = self.line("refund_failure", refund["amount"], 0, refund)
            refund["failure_balance_transaction"] = line["id"]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self.tell("refund.failed", refund)

    def dispute(self, charge_ref: str, *, status: str = "needs_response", reason: str = "fraudulent") -> Thing:
        """A giver claims it back through their bank; `warning_…` only asks."""
        charge = self.get(charge_ref)
        dispute = self.new(
            "du",
            "dispute",
            amount=charge["amount"],
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            reason=reason,
            status=status,
            balance_transactions=[],
            evidence={},
            evidence_details={"due_by": None, "has_evidence": False, "past_due": False, "submission_count": 0},
            is_charge_refundable=status.startswith("warning"),
            metadata={},
        )
        charge["disputed"] = True
        if not status.startswith("warning") and status != "prevented":
            dispute["balance_transactions"].append(self.line("adjustment", -charge["amount"], DISPUTE_FEE, dispute))
            self.tell("charge.dispute.funds_withdrawn", dispute)
        self.tell("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, ref: str, status: str) -> None:
        """A bank has decided."""
        dispute = self.get(ref)
        dispute["status"] = status
        if status == "won":
            dispute["balance_transactions"].append(self.line("adjustment", dispute["amount"], 0, dispute))
            self.tell("charge.dispute.funds_reinstated", dispute)
        self.tell("charge.dispute.closed", dispute)

    # --- methods and its own books -----------------------------------------------------------------------------------

    def detach(self, ref: str) -> Thing:
        method = self.get(ref)
        if method["customer"] is None:
            raise No(400, code="payment_method_unexpected_state", message="It is not attached to a customer.")
        method["customer"] = None
        self.tell("payment_method.detached", method)
        return method

    def replace_card(self, ref: str, last4: str, *, exp_year: int = 2039) -> None:
        """A bank has sent its customer another card, and Stripe heard of it."""
        method = self.get(ref)
        method["card"] |= {"last4": last4, "exp_year": exp_year}
        self.tell("payment_method.automatically_updated", method)

    def end_mandate(self, method_ref: str) -> None:
        """A payer has cancelled a debit at the bank."""
        mandate = self.new(
            "mandate",
            "mandate",
            payment_method=method_ref,
            status="inactive",
            type="multi_use",
            customer_acceptance={"type": "online", "accepted_at": self.now},
            payment_method_details={"type": "bacs_debit"},
        )
        self.tell("mandate.updated", mandate)

    def line(self, kind: str, amount: int, fee: int, source: Thing) -> Thing:
        currency = self.settles_in or source["currency"]
        about = {"adjustment": "dispute" if amount < 0 else "dispute_reversal"}.get(kind, kind)
        return self.new(
            "txn",
            "balance_transaction",
            type=kind,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency=currency,
            fee_details=[],
            source=source["id"] or None,
            status="available",
            available_on=self.now,
            reporting_category=about,
        )

    def pay_out(self, currency: str = "gbp") -> Thing:
        """All that is here goes to the bank account."""
        held = sum(line["net"] for line in self.of_kind("balance_transaction", currency=currency))
        payout = self.new(
            "po",
            "payout",
            amount=held,
            currency=currency,
            arrival_date=self.now + 2 * 86400,
            automatic=True,
            method="standard",
            reconciliation_status="completed",
            source_type="card",
            status="paid",
            type="bank_account",
            metadata={},
        )
        payout["balance_transaction"] = self.line("payout", -held, 0, payout)["id"]
        self.tell("payout.paid", payout)
        return payout

    def balance(self) -> Thing:
        """What is here, by currency; what came in today is pending."""
        sums: dict[str, int] = {}
        for line in self.of_kind("balance_transaction"):
            sums[line["currency"]] = sums.get(line["currency"], 0) + line["net"]
        available = [{"amount": net, "currency": currency, "source_types": {}} for currency, net in sums.items()]
        pending = [{"amount": 0, "currency": currency, "source_types": {}} for currency in sums]
        return {"object": "balance", "livemode": False, "available": available, "pending": pending}

    def send_payout_back(self, payout: Thing) -> None:
        """The bank account did not take it."""
        payout["status"] = "failed"
        self.line("payout_failure", payout["amount"], 0, payout)
        self.tell("payout.failed", payout)

    def set_up_webhook(self, url: str, events: list[str]) -> Thing:
        """What is done at Stripe's dashboard."""
        return self.new("we", "webhook_endpoint", url=url, enabled_events=events, status="enabled", metadata={})

    def sell_to_another(self, amount: int = 900) -> Thing:
        """Somebody else, who shares the account, takes a payment through Checkout."""
        price = {"currency": "gbp", "unit_amount": str(amount), "product_data": {"name": "Bread"}}
        session = self.open_session(
            {
                "mode": "payment",
                "line_items": [{"quantity": "1", "price_data": price}],
                "success_url": "https://bakery.example/",
                "customer_creation": "always",
                "customer_email": "stranger@example.org",
                "payment_intent_data": {"setup_future_usage": "off_session"},
            }
        )
        self.pay(session["id"], "4242424242424242")
        return session
