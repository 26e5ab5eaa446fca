"""The demonstration: an invented paper with its content, and what makes it run on one's own machine."""

from dataclasses import dataclass
from pathlib import Path

CONTENT = Path(__file__).resolve().parent / "content"
EDITOR, PASSWORD = "editor@courier.example", "four-winters-left"
FUNDRAISER, TREASURER = "fundraiser@courier.example", "treasurer@courier.example"
FRIEND = "friend@courier.example"  # has a courtesy membership


@dataclass(frozen=True)
class Colleague:
    """Somebody of the invented paper as whom one enters its desk by a button."""

    email: str
    role: str
    name: str
    groups: tuple[str, ...]
    does: str


COLLEAGUES = {
    "editor": Colleague(
        EDITOR, "editor", "", (), "Runs the paper, and may do everything: stories, the front page, letters, calls."
    ),
    "fundraiser": Colleague(
        FUNDRAISER, "fundraiser", "Ines Calder", ("Supporter care",),
        "Answers those who give: pledges, payments, memberships, appeals. Touches no story.",
    ),
    "treasurer": Colleague(
        TREASURER, "treasurer", "Amrit Sandhu", ("Treasurers", "Bookkeepers"),
        "Sees and moves money, keeps the books. Touches no story.",
    ),
}  # fmt: skip
