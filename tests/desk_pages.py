"""Pages of the desk that are ours, or that we add to, by name: for those who look at all of them.

Of lists that only differ by their columns one stands for all.
"""

from tests.running import RunningNewsroom

LISTS = {
    "pictures": "images", "users": "users", "people": "snippets/newsroom/person",
    "schedules": "snippets/newsroom/schedule", "appeals": "snippets/appeals/appeal",
    "bookings": "snippets/adverts/booking", "readers": "snippets/readers/reader", "pledges": "pledge",
    "tiers": "tier", "courtesies": "courtesy", "payments": "payment",
    "issues": "letters/issues", "letter-lists": "letterlist", "copies": "delivery", "not-written-to": "suppression",
    "standing": "letters/standing", "calls": "call", "seats": "seat", "series": "series", "spending": "spending",
    "figures": "open-books", "offline": "offline", "presents": "present", "remarks": "remark", "fees": "feerate",
    "defences": "money/defences", "held": "hold", "began-to-pay": "attempt", "taken-over": "takeover",
    "books": "books", "accounts": "books/accounts", "months": "books/months", "receipts": "receipt",
}  # fmt: skip
FORMS = {
    "new-appeal": "snippets/appeals/appeal/add", "new-booking": "snippets/adverts/booking/add",
    "enter-offline": "offline/enter", "new-currency": "currencyterms/new", "new-fee": "feerate/new",
    "give-courtesy": "courtesies/give", "new-spending": "spending/new", "import-spending": "open-books/take-in",
    "own-sign-in": "sign-in", "second-factor": "sign-in/second-factor", "add-app": "sign-in/app", "roles": "roles",
    "machine": "machine",
    "care": "care",
    "issuer": "books/issuer",
    "begin-letter": "letters/begin", "stop-letters": "letters/not-written-to/stop", "plan-call": "calls/plan",
    "take-over": "giving/take-over",
}  # fmt: skip
ONE_OF_EACH = {
    "story": ("newsroom_storypage", "page_ptr_id", "pages/{}/edit"),
    "front": ("newsroom_frontpage", "page_ptr_id", "pages/{}/edit"),
    "film": ("newsroom_filmpage", "page_ptr_id", "pages/{}/edit"),
    "section": ("newsroom_sectionpage", "page_ptr_id", "pages/{}/edit"),
    "plain": ("newsroom_plainpage", "page_ptr_id", "pages/{}/edit"),
    "income": ("newsroom_storypage", "page_ptr_id", "stories/{}/income"),
    "withdraw-schedule": ("newsroom_storypage", "page_ptr_id", "stories/{}/schedule/withdraw"),
    "has-left": ("readers_staffuser", "id", "users/{}/has-left"),
    "reset-factor": ("readers_staffuser", "id", "users/{}/second-factor/reset"),
    "paper": ("newsroom_paper", "id", "settings/newsroom/paper/{}"),
    "terms": ("giving_givingterms", "id", "settings/giving/givingterms/{}"),
    "month": ("money_monthclose", "substr(month, 1, 7)", "books/months/{}"),
    "end-courtesy": ("membership_courtesy", "id", "courtesies/{}/end"),
    "issue": ("letters_issue", "id", "letters/issues/edit/{}"),
    "sending": ("letters_issue", "id", "letters/issues/{}/sending"),
    "letter-list": ("letters_letterlist", "id", "letterlist/edit/{}"),
    "call": ("calls_call", "id", "call/edit/{}"),
    "host": ("calls_call", "id", "calls/{}/host"),
    "care-person": ("readers_reader", "reference", "care/reader-{}"),
    "care-log": ("readers_reader", "reference", "care/reader-{}/log"),
    "care-act": ("readers_reader", "reference", "care/reader-{}/do/grant"),
    "recording": ("calls_recording", "call_id", "calls/{}/recording"),
}  # fmt: skip


def desk_pages(site: RunningNewsroom) -> dict[str, str]:
    """Their paths in a running newsroom, by name; of each kind of thing the oldest, of calls the newest."""
    found = {"home": "/desk/"} | {name: f"/desk/{path}/" for name, path in (LISTS | FORMS).items()}
    for name, (table, key, path) in ONE_OF_EACH.items():
        which = "MAX" if table == "calls_call" else "MIN"
        ((row,),) = site.rows(f"SELECT {which}({key}) FROM {table}")
        assert row is not None, f"the demonstration has no row in {table}"
        found[name] = f"/desk/{path.format(row)}/"
    return found
