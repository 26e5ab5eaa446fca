"""What the practice bank's words mean to us."""

PAYMENT = {  # its state of a payment → the fact that it tells
    "asked": None,
    "wants_approval": "approval_asked_at",
    "promised": "promised_at",
    "paid": "collected_at",
    "failed": "failed_at",
    "claimed_back": "returned_at",
}

FAILURES = {  # its reason → ours (see money.failures)
    "insufficient_funds": "no_money",
    "expired_card": "expired",
    "stolen_card": "stopped",
    "declined": "declined",
    "not_approved": "not_approved",
    "mandate_ended": "mandate_ended",
    "account_closed": "closed",
    "limit_reached": "limit",
    "wrong_number": "mistyped",
    "not_for_this": "unsuited",
    "bank_unreachable": "bank_away",
    "no_sense": "impossible",
}

KINDS = {  # its events → what they carry
    "checkout.done": "checkout",
    "checkout.declined": "checkout",
    "checkout.left": "checkout",
    "checkout.expired": "checkout",
    "checkout.asked": "checkout",
    "mandate.made": "mandate",
    "mandate.ended": "mandate",
    "mandate.renewed": "mandate",
    "payment.asked": "payment",
    "payment.wants_approval": "payment",
    "payment.promised": "payment",
    "payment.paid": "payment",
    "payment.failed": "payment",
    "payment.claimed_back": "payment",
    "payment.refunded": "payment",
}
