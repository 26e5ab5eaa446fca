"""The roles of a newsroom: supporter care, money, adverts and technical work, each apart from editing."""

from typing import Any

from django.db import migrations

from masthead.core.rights import on, permit

WAY_IN = "wagtailadmin.admin.access_admin"
FIGURES = ("giving.pledge.view_income", "openbooks.spent.view_figures")
SAYS = {
    "view_income": "Can see what a story brought in, without names",
    "view_figures": "Can see the figures of the open books",
}

SUPPORTER_CARE = [
    WAY_IN,
    *FIGURES,
    *on("readers", "reader", "view"),
    *(right for model in ("pledge", "gift") for right in on("giving", model, "view")),
    *(right for model in ("payment", "notice", "mandate", "refund") for right in on("money", model, "view")),
    *on("membership", "courtesy", "add", "delete", "view"),
    *on("membership", "grant", "view"),
    *on("letters", "subscription", "change", "view"),
    *on("letters", "signup", "view"),
    *on("letters", "suppression", "add", "change", "view"),
    *on("letters", "delivery", "view"),
    *on("calls", "seat", "change", "view"),
    *on("appeals", "appeal", "add", "change", "view"),
]
THE_BOOKS = ("payment", "notice", "mandate", "refund", "event", "transaction", "line")
TREASURERS = [
    WAY_IN,
    *FIGURES,
    *(right for model in ("pledge", "gift") for right in on("giving", model, "view")),
    *(right for model in THE_BOOKS for right in on("money", model, "view")),
    *(right for model in ("spending", "category", "import") for right in on("openbooks", model, "view")),
]
ADVERTS = [
    WAY_IN,
    *(
        right
        for model in ("advertiser", "booking")
        for right in on("adverts", model, "add", "change", "delete", "view")
    ),
]
TECHNICAL_WORK = [
    WAY_IN,
    *on("newsroom", "paper", "change"),
    *on("letters", "examination", "view"),
    *on("core", "worker", "view"),
]


def say_who_may(apps: Any, schema_editor: Any) -> None:
    permit(apps, "Supporter care", *SUPPORTER_CARE, says=SAYS)
    permit(apps, "Treasurers", *TREASURERS, says=SAYS)
    permit(apps, "Adverts", *ADVERTS)
    permit(apps, "Technical work", *TECHNICAL_WORK)


class Migration(migrations.Migration):
    dependencies = [
        ("adverts", "0002_editors_book_adverts"),
        ("appeals", "0002_editors_write_appeals"),
        ("calls", "0002_editors_hold_calls"),
        ("core", "0001_initial"),
        ("giving", "0002_editors_see_incomes"),
        ("letters", "0007_editors_run_lists"),
        ("membership", "0004_editors_give_courtesies"),
        ("money", "0009_who_sees_and_moves_money"),
        ("newsroom", "0002_founding"),
        ("openbooks", "0004_who_keeps_the_books"),
        ("readers", "0001_initial"),
        ("wagtailadmin", "0006_formstate"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(say_who_may, migrations.RunPython.noop)]
