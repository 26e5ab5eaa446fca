"""What Ferry's words mean to us."""

PAYMENT = {  # its state of a payment → the fact that it tells
    "booked": None,
    "landed": "collected_at",
    "sunk": "failed_at",
    "turned_back": "returned_at",
}

FAILURES = {  # its reason → ours (see money.failures)
    "purse_empty": "no_money",
    "pass_void": "mandate_ended",
    "storm": "bank_away",
}

KINDS = {  # its news → what it carries
    "visit": "visit",
    "payment": "payment",
    "pass": "pass",
}
