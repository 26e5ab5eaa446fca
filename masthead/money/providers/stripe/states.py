"""What Stripe's words mean to us. Its lists may grow: what is not here counts as nothing yet, or as a plain no."""

INTENT = {  # status of a payment intent → the fact that it tells
    "requires_payment_method": None,  # see ERRORS and `reading`: at first, or after a no
    "requires_confirmation": None,
    "requires_action": "approval_asked_at",
    "processing": "promised_at",
    "requires_capture": None,  # we never ask for it
    "succeeded": "collected_at",
    "canceled": "failed_at",
}

CHARGE = {  # status of a charge → the fact that it tells
    "pending": "promised_at",
    "succeeded": "collected_at",
    "failed": "failed_at",
}

SESSION = {  # status of a visit to Checkout → the fact that it tells
    "open": None,
    "complete": None,  # its payment says more
    "expired": "closed_at",
}

PAID = {  # payment_status of such a visit → whether anything is to be learnt of its payment
    "paid": "collected_at",
    "unpaid": None,
    "no_payment_required": None,  # we ask for none that costs nothing
}

SETUP = {  # status of a setup intent, which saves a method without a payment → the fact that it tells
    "requires_payment_method": None,
    "requires_confirmation": None,
    "requires_action": None,
    "processing": None,
    "succeeded": "made_at",
    "canceled": None,
}

REFUND = {  # status of a refund → the fact that it tells; money moved once it stands in Stripe's balance
    "pending": "made_at",
    "requires_action": None,
    "succeeded": "made_at",
    "failed": "failed_at",
    "canceled": "failed_at",
}

DISPUTE = {  # status of a dispute → the fact that it tells, if money moved
    "warning_needs_response": None,  # an inquiry: nothing is taken
    "warning_under_review": None,
    "warning_closed": None,
    "prevented": None,
    "needs_response": "returned_at",
    "under_review": "returned_at",
    "appeal_needs_response": "returned_at",
    "appeal_under_review": "returned_at",
    "lost": "returned_at",
    "won": "reinstated_at",
}

MANDATE = {  # status of a debit's mandate → the fact that it tells
    "active": None,
    "pending": None,
    "inactive": "ended_at",
}

PAYOUT = {  # status of a payout → what it is among the movements
    "pending": "payout",
    "in_transit": "payout",
    "paid": "payout",
    "canceled": "payout undone",
    "failed": "payout undone",
}

BALANCE = {  # type of a line of Stripe's balance → what it is among the movements; all others: other
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund undone",
    "payment_failure_refund": "payment undone",
    "payment_reversal": "payment undone",
    "adjustment": "dispute",  # or other: its source says whether it is about a dispute
    "payout": "payout",
    "payout_cancel": "payout undone",
    "payout_failure": "payout undone",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
}

METHODS = {  # type of a payment method → what it is with us, and how it is called where it has no number
    "card": ("card", "card"),
    "link": ("wallet", "Link"),
    "paypal": ("wallet", "PayPal"),
    "amazon_pay": ("wallet", "Amazon Pay"),
    "revolut_pay": ("wallet", "Revolut Pay"),
    "cashapp": ("wallet", "Cash App Pay"),
    "bacs_debit": ("debit", "bank account"),
    "sepa_debit": ("debit", "bank account"),
    "au_becs_debit": ("debit", "bank account"),
    "acss_debit": ("debit", "bank account"),
    "us_bank_account": ("debit", "bank account"),
    "nz_bank_account": ("debit", "bank account"),
}

SUBSCRIPTION = {  # status of a subscription that other software made → whether it still collects
    "active": "running",
    "past_due": "running",
    "trialing": "running",
    "unpaid": "running",
    "incomplete": "running",
    "paused": "running",
    "canceled": "over",
    "incomplete_expired": "over",
}

DEBITS_IN = {"bacs_debit": "GBP", "sepa_debit": "EUR"}  # the one currency that they can be collected in

KINDS = {  # its events, and our own names for its answers → what they are about
    "checkout.session.completed": "session",
    "checkout.session.expired": "session",
    "checkout.session.async_payment_succeeded": "session",
    "checkout.session.async_payment_failed": "session",
    "payment_intent.processing": "intent",
    "payment_intent.succeeded": "intent",
    "payment_intent.payment_failed": "intent",
    "payment_intent.canceled": "intent",
    "setup_intent.succeeded": "setup",
    "setup_intent.setup_failed": "setup",
    "charge.updated": "charge",  # its fee is known from now on
    "charge.dispute.created": "dispute",
    "charge.dispute.updated": "dispute",
    "charge.dispute.closed": "dispute",
    "charge.dispute.funds_withdrawn": "dispute",
    "charge.dispute.funds_reinstated": "dispute",
    "refund.created": "refund",
    "refund.updated": "refund",
    "refund.failed": "refund",
    "payment_method.detached": "method",
    "payment_method.updated": "method",
    "payment_method.automatically_updated": "method",
    "mandate.updated": "mandate",
    "answer.checkout": "answer",
    "answer.payment": "answer",
    "answer.refund": "answer",
    "answer.mandate": "answer",
    "answer.setup": "answer",
}
EVENTS = tuple(kind for kind, about in KINDS.items() if about != "answer")
"""What the webhook at Stripe has to be subscribed to."""

WANTS_APPROVAL = frozenset({"authentication_required", "authentication_not_handled", "approve_with_id"})
"""Codes by which a bank asks for its customer when we collect without them."""

DECLINES = {  # decline_code: why the issuer of a card said no → ours (see money.failures); all others: declined
    "approve_with_id": "not_approved",
    "authentication_not_handled": "not_approved",
    "authentication_required": "not_approved",
    "call_issuer": "declined",
    "card_not_supported": "unsuited",
    "card_velocity_exceeded": "limit",
    "currency_not_supported": "unsuited",
    "do_not_honor": "declined",
    "do_not_try_again": "declined",
    "duplicate_transaction": "declined",
    "expired_card": "expired",
    "fraudulent": "stopped",
    "generic_decline": "declined",
    "incorrect_address": "mistyped",
    "incorrect_cvc": "mistyped",
    "incorrect_number": "mistyped",
    "incorrect_pin": "mistyped",
    "incorrect_zip": "mistyped",
    "insufficient_funds": "no_money",
    "invalid_account": "closed",
    "invalid_amount": "limit",
    "invalid_cvc": "mistyped",
    "invalid_expiry_month": "mistyped",
    "invalid_expiry_year": "mistyped",
    "invalid_number": "mistyped",
    "invalid_pin": "mistyped",
    "issuer_not_available": "bank_away",
    "lost_card": "stopped",
    "merchant_blacklist": "stopped",
    "mobile_device_authentication_required": "not_approved",
    "new_account_information_available": "expired",
    "no_action_taken": "declined",
    "not_permitted": "unsuited",
    "offline_pin_required": "not_approved",
    "online_or_offline_pin_required": "not_approved",
    "pickup_card": "stopped",
    "pin_try_exceeded": "limit",
    "processing_error": "bank_away",
    "reenter_transaction": "bank_away",
    "restricted_card": "stopped",
    "revocation_of_all_authorizations": "mandate_ended",
    "revocation_of_authorization": "mandate_ended",
    "security_violation": "declined",
    "service_not_allowed": "unsuited",
    "stolen_card": "stopped",
    "stop_payment_order": "mandate_ended",
    "test_mode_live_card": "unsuited",
    "testmode_decline": "declined",
    "transaction_not_allowed": "unsuited",
    "try_again_later": "bank_away",
    "withdrawal_count_limit_exceeded": "limit",
}

ERRORS = {  # code: why a payment failed → ours; a card_declined says more in its decline_code
    "account_closed": "closed",
    "account_invalid": "closed",
    "account_number_invalid": "mistyped",
    "amount_too_large": "limit",
    "amount_too_small": "impossible",
    "authentication_failure": "not_approved",
    "authentication_required": "not_approved",
    "balance_insufficient": "no_money",
    "bank_account_bad_routing_numbers": "mistyped",
    "bank_account_declined": "declined",
    "bank_account_restricted": "unsuited",
    "bank_account_unusable": "closed",
    "bank_account_unverified": "not_approved",
    "bank_account_verification_failed": "not_approved",
    "billing_invalid_mandate": "mandate_ended",
    "capture_charge_authorization_expired": "expired",
    "card_decline_rate_limit_exceeded": "limit",
    "card_declined": "declined",
    "charge_exceeds_source_limit": "limit",
    "charge_exceeds_transaction_limit": "limit",
    "debit_not_authorized": "mandate_ended",
    "expired_card": "expired",
    "expired_payment_method": "expired",
    "incorrect_address": "mistyped",
    "incorrect_cvc": "mistyped",
    "incorrect_number": "mistyped",
    "incorrect_postal_code": "mistyped",
    "incorrect_zip": "mistyped",
    "india_recurring_payment_mandate_canceled": "mandate_ended",
    "insufficient_funds": "no_money",
    "invalid_account": "closed",
    "invalid_card_type": "unsuited",
    "invalid_cvc": "mistyped",
    "invalid_expiry_month": "mistyped",
    "invalid_expiry_year": "mistyped",
    "invalid_number": "mistyped",
    "no_account": "closed",
    "payment_intent_action_required": "not_approved",
    "payment_intent_authentication_failure": "not_approved",
    "payment_intent_mandate_invalid": "mandate_ended",
    "payment_intent_payment_attempt_expired": "not_approved",
    "payment_intent_payment_attempt_failed": "declined",
    "payment_method_bank_account_blocked": "stopped",
    "payment_method_currency_mismatch": "unsuited",
    "payment_method_customer_decline": "not_approved",
    "payment_method_microdeposit_failed": "not_approved",
    "payment_method_microdeposit_verification_attempts_exceeded": "not_approved",
    "payment_method_microdeposit_verification_timeout": "not_approved",
    "payment_method_not_available": "bank_away",
    "payment_method_provider_decline": "declined",
    "payment_method_provider_timeout": "bank_away",
    "payment_method_restricted": "stopped",
    "payment_method_unactivated": "unsuited",
    "payment_method_unexpected_state": "mandate_ended",
    "payment_method_unsupported_type": "unsuited",
    "processing_error": "bank_away",
    "refer_to_customer": "no_money",
    "request_blocked": "declined",
    "routing_number_invalid": "mistyped",
    "sepa_unsupported_account": "unsuited",
    "three_d_secure_authentication_not_supported": "unsuited",
    "three_d_secure_authentication_upstream_error": "bank_away",
}

REFUND_FAILURES = {  # failure_reason of a refund, or code by which it was refused → ours; all others: impossible
    "lost_or_stolen_card": "card_gone",
    "expired_or_canceled_card": "card_gone",
    "charge_for_pending_refund_disputed": "disputed",
    "insufficient_funds": "no_money",
    "declined": "declined",
    "merchant_request": "withdrawn",
    "unknown": "declined",
    "balance_insufficient": "no_money",
    "charge_disputed": "disputed",
    "refund_disputed_payment": "disputed",
}


def failure_of(error: dict[str, str | None]) -> str:
    """Our name for why a payment failed, from `code`, `decline_code` and `type` of its error."""
    code, declined = error.get("code") or "", error.get("decline_code") or ""
    if declined:
        return DECLINES.get(declined, "declined")
    return ERRORS.get(code, "declined" if error.get("type") == "card_error" else "impossible")


def wants_approval(error: dict[str, str | None]) -> bool:
    """Whether the bank only wants its customer to approve."""
    return bool({error.get("code"), error.get("decline_code")} & WANTS_APPROVAL)
