"""The roles of a newsroom in plain words, and what each may do. Groups hold the rights; migrations gave them."""

from dataclasses import dataclass

ADMINISTRATORS = "Administrators"


@dataclass(frozen=True)
class Role:
    """What somebody with it does, in words; and its rights, each as "app.codename", on pages and pictures too."""

    does: str
    never: str
    rights: frozenset[str]


def _on(app: str, *models: str, acts: str = "add change delete view") -> set[str]:
    return {f"{app}.{act}_{model}" for model in models for act in acts.split()}


WAY_IN = {"wagtailadmin.access_admin"}
FIGURES = {"giving.view_income", "openbooks.view_figures"}
WHO_PAYS = {"money.see_money", "money.move_money"} | _on("giving", "pledge", "gift", "leaving", acts="view")

ROLES: dict[str, Role] = {
    "Editors": Role(
        "Write, edit, publish and take back stories and films; look after pictures, people, sections and the paper’s "
        "own words; write appeals and letters, hold calls, book adverts, give courtesy memberships. See what a story "
        "brought in and the figures of the open books, without names.",
        "who pays, and the books",
        frozenset(
            WAY_IN | FIGURES
            | _on("newsroom", "person", "runningstory", "topic", acts="add change delete")
            | _on("newsroom", "paper", acts="change")
            | _on("adverts", "advertiser", "booking")
            | _on("appeals", "appeal")
            | _on("letters", "issue", "letterlist")
            | _on("letters", "mailing", "overrule", acts="add")
            | _on("letters", "delivery", "examination", "signup", acts="view")
            | _on("letters", "suppression", acts="add change view")
            | _on("letters", "subscription", acts="change view")
            | _on("membership", "courtesy", acts="add delete view")
            | _on("calls", "call", "series", acts="add change view")
            | _on("calls", "seat", "question", acts="change view")
            | _on("calls", "recording")
        ),
    ),
    "Reporters": Role(
        "Write drafts of stories, films and letters, and add pictures. An editor publishes.",
        "publishing, readers, money",
        frozenset(WAY_IN | _on("newsroom", "topic", acts="add") | _on("letters", "issue", acts="add change view")),
    ),
    "Supporter care": Role(
        "Answer those who give: see pledges, gifts and payments, why one failed and what is done; refund, stop and "
        "change. Find readers, give courtesy memberships, look after letters and seats of readers, write appeals.",
        "stories, and the entries of the books",
        frozenset(
            WAY_IN | FIGURES | WHO_PAYS
            | _on("readers", "reader", acts="view")
            | _on("money", "payment", "notice", "mandate", "refund", acts="view")
            | _on("giving", "leaving", acts="view")
            | _on("membership", "courtesy", acts="add delete view")
            | _on("membership", "grant", acts="view")
            | _on("letters", "subscription", acts="change view")
            | _on("letters", "signup", "delivery", acts="view")
            | _on("letters", "suppression", acts="add change view")
            | _on("calls", "seat", acts="change view")
            | _on("appeals", "appeal", acts="add change view")
        ),
    ),
    "Treasurers": Role(
        "See and move money: payments, refunds, what providers told, every entry of the books, what was spent. Close "
        "months, say who gives receipts, set currencies and fees.",
        "stories, letters, accounts of readers",
        frozenset(
            WAY_IN | FIGURES | WHO_PAYS | {"money.close_month"}
            | _on("money", "payment", "notice", "mandate", "refund", "event", "transaction", "line", acts="view")
            | _on("giving", "leaving", acts="view")
            | _on("giving", "feerate") | _on("giving", "currencyterms", acts="add change view")
            | _on("openbooks", "spending", "category", "import", acts="view")
        ),
    ),
    "Bookkeepers": Role(
        "Enter what was spent, for the open books; read the books with their lines, close months, and say who gives "
        "receipts.",
        "who pays, and moving money",
        frozenset(
            WAY_IN | {"openbooks.view_figures", "money.close_month"} | _on("money", "line", acts="view")
            | _on("openbooks", "spending", "category", "import")
        ),
    ),
    "Adverts": Role(
        "Keep advertisers, and book what stands in the slots and when.",
        "stories, readers, money",
        frozenset(WAY_IN | _on("adverts", "advertiser", "booking")),
    ),
    "Technical work": Role(
        "Look after the machine: workers and what they failed at, whether mailbox providers believe us, the paper’s "
        "settings.",
        "stories, readers, money",
        frozenset(
            WAY_IN | _on("newsroom", "paper", acts="change") | _on("letters", "examination", acts="view")
            | _on("core", "worker", acts="view")
        ),
    ),
}  # fmt: skip

ADMINISTRATORS_DO = (
    "Everything: all of the above, letting others in, giving roles, resetting a lost second factor, amounts and tiers."
)
