"""What GoCardless' words mean to us. Its lists may grow: what is not here counts as nothing yet, or as a plain no."""

PAYMENT = {  # status of a payment → the fact that it tells; when, its events say
    "pending_customer_approval": None,  # a second signature is missing, for which GoCardless asks
    "pending_submission": "promised_at",
    "submitted": "promised_at",
    "confirmed": "collected_at",
    "paid_out": "collected_at",
    "cancelled": "failed_at",
    "customer_approval_denied": "failed_at",
    "failed": "failed_at",  # or returned_at: after it was confirmed, a failure is a late one
    "charged_back": "returned_at",
}

STEPS = {  # action of a payment's event → the fact that it tells
    "created": None,
    "customer_approval_granted": None,
    "customer_approval_denied": "failed_at",
    "submitted": None,
    "resubmission_requested": None,
    "confirmed": "collected_at",
    "paid_out": "collected_at",
    "cancelled": "failed_at",
    "failed": "failed_at",
    "charged_back": "returned_at",
    "chargeback_cancelled": "reinstated_at",
    "chargeback_settled": None,  # it was known when it was charged back; now a payout is less by it
    "late_failure_settled": None,
    "surcharge_fee_debited": None,  # its payout says so as well
}

NOT_PROMISED = frozenset({"pending_customer_approval", "customer_approval_denied"})

REQUEST = {  # status of a billing request, which is a visit to its page → the fact that it tells
    "pending": None,
    "ready_to_fulfil": None,  # its page fulfils it by itself
    "fulfilling": None,
    "fulfilled": None,  # its mandate says more
    "cancelled": "closed_at",
}

MANDATE = {  # status of a mandate → the fact that it tells
    "pending_customer_approval": None,
    "pending_submission": None,
    "submitted": None,
    "active": None,
    "suspended_by_payer": None,  # it may go on; until then payments on it fail
    "failed": "ended_at",
    "cancelled": "ended_at",
    "expired": "ended_at",
    "consumed": "ended_at",
    "blocked": "ended_at",
}

SUBSCRIPTION = {  # status of a subscription that other software made → whether it still collects
    "pending_customer_approval": "running",
    "active": "running",
    "paused": "running",
    "customer_approval_denied": "over",
    "finished": "over",
    "cancelled": "over",
}
MAY_BE_COLLECTED_ON = frozenset({"pending_submission", "submitted", "active"})

REFUND = {  # status of a refund → the fact that it tells; it is made from the beginning, since GoCardless holds it back
    "created": "made_at",
    "pending_submission": "made_at",
    "submitted": "made_at",
    "paid": "made_at",
    "cancelled": "failed_at",
    "bounced": "failed_at",
    "funds_returned": "failed_at",
}

PAYOUT = {  # status of a payout → what it is among the movements
    "pending": "payout",
    "paid": "payout",
    "bounced": "payout undone",
}

ITEM = {  # type of an item of a payout → what it is among the movements; all others: other
    "payment_paid_out": "payment",
    "payment_failed": "payment undone",
    "payment_charged_back": "dispute",
    "payment_refunded": "refund",
    "refund": "refund",
    "refund_funds_returned": "refund undone",
    "gocardless_fee": "fee",
    "app_fee": "fee",
    "surcharge_fee": "fee",
    "revenue_share": "other",
}
FRACTIONS = frozenset({"gocardless_fee", "app_fee", "surcharge_fee", "revenue_share"})
"""Items that may have tenths of a penny; a payout is rounded once, over all of them."""

SCHEMES = {"GBP": "bacs", "EUR": "sepa_core"}
"""The currencies that we take, and the scheme of each."""

KINDS = {  # its events, and our own names for its answers → what they are about; noted: nothing is asked for
    "billing_requests.created": "noted",
    "billing_requests.flow_created": "noted",
    "billing_requests.flow_visited": "noted",
    "billing_requests.flow_exited": "noted",
    "billing_requests.collect_customer_details": "noted",
    "billing_requests.collect_bank_account": "noted",
    "billing_requests.payer_details_confirmed": "noted",
    "billing_requests.fulfilled": "request",
    "billing_requests.cancelled": "request",
    "billing_requests.failed": "request",
    "mandates.created": "noted",
    "mandates.customer_approval_granted": "noted",
    "mandates.customer_approval_skipped": "noted",
    "mandates.submitted": "noted",
    "mandates.active": "noted",
    "mandates.resubmission_requested": "noted",
    "mandates.reinstated": "noted",
    "mandates.cancelled": "mandate",
    "mandates.failed": "mandate",
    "mandates.expired": "mandate",
    "mandates.consumed": "mandate",
    "mandates.blocked": "mandate",
    "mandates.replaced": "mandate",
    "mandates.transferred": "mandate",
    "payments.created": "noted",
    "payments.submitted": "noted",
    "payments.resubmission_requested": "noted",
    "payments.chargeback_settled": "noted",
    "payments.late_failure_settled": "noted",
    "payments.surcharge_fee_debited": "noted",
    "payments.customer_approval_granted": "payment",
    "payments.customer_approval_denied": "payment",
    "payments.confirmed": "payment",
    "payments.paid_out": "payment",
    "payments.cancelled": "payment",
    "payments.failed": "payment",
    "payments.charged_back": "payment",
    "payments.chargeback_cancelled": "payment",
    "refunds.created": "refund",
    "refunds.paid": "refund",
    "refunds.failed": "refund",
    "refunds.funds_returned": "refund",
    "refunds.refund_settled": "noted",
    "payouts.paid": "payout",
    "payouts.fx_rate_confirmed": "noted",
    "payouts.tax_exchange_rates_confirmed": "noted",
    "answer.checkout": "answer",
    "answer.payment": "answer",
    "answer.refund": "answer",
    "answer.mandate": "answer",
    "answer.payout": "answer",
}

FAILURES = {  # cause of a payment's failure → ours (see money.failures); all others: declined
    "account_blocked_for_any_financial_transaction": "unsuited",
    "authorisation_disputed": "mandate_ended",
    "bank_account_closed": "closed",
    "bank_account_disabled": "closed",
    "bank_account_transferred": "declined",  # the next one goes to the new account by itself
    "bank_declined_payment": "declined",
    "customer_approval_denied": "not_approved",
    "daily_payment_limit_reached": "limit",
    "direct_debit_not_enabled": "unsuited",
    "initial_one_off_payment_failed": "declined",
    "instalment_schedule_cancelled": "withdrawn",
    "insufficient_funds": "no_money",
    "insufficient_payment_permissions": "not_approved",
    "invalid_bank_details": "mistyped",
    "mandate_cancelled": "mandate_ended",
    "mandate_expired": "mandate_ended",
    "mandate_suspended_by_payer": "mandate_ended",
    "other": "declined",
    "payment_cancelled": "withdrawn",
    "payment_stopped": "not_approved",
    "payment_violated_mandate_parameters": "limit",
    "refer_to_payer": "no_money",
    "refund_requested": "not_approved",
    "return_on_odfi_request": "mandate_ended",
    "test_failure": "declined",
}

REFUND_FAILURES = {  # status of a refund, or reason for which it was refused → ours; all others: impossible
    "cancelled": "withdrawn",
    "bounced": "declined",
    "funds_returned": "declined",
    "available_refund_amount_insufficient": "no_money",
    "refund_payment_invalid_state": "disputed",
}

INACTIVE, REPLACED, AGAIN = "mandate_is_inactive", "mandate_replaced", "total_amount_confirmation_invalid"
"""Reasons for which it refuses a payment; and a refund, because another one was made in this very moment."""
