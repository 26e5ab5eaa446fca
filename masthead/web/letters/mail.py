"""An issue as a mail: HTML that mail programs show well, and the same in plain text."""

from dataclasses import dataclass

import mrml
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from masthead.letters import rendering
from masthead.letters.models import Issue
from masthead.letters.rendering import ONLINE, PREFERENCES, UNSUBSCRIBE, Edition, Rendered
from masthead.newsroom import colours, menu
from masthead.newsroom.models import Paper
from masthead.web import shell
from masthead.web.letters import markup, parts, plain

SHEET_IN_THE_DARK = "#1c1f20"
# Faces of the reader's own machine. The first mj-all says one, since MRML's own default is fetched from elsewhere.
SERIF = "Georgia, 'Times New Roman', serif"
SANS = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Colours:
    """The values of tokens.css, written out: mail programs know no variables. In the light, then in the dark."""

    accent: str
    wash: str
    accent_dark: str
    wash_dark: str
    ground: str = "#f3f4f3"
    sheet: str = "#ffffff"
    ink: str = "#14171a"
    pale: str = "#50575c"
    rule: str = "#d2d6d8"
    on_accent: str = "#ffffff"
    ground_dark: str = "#131516"
    sheet_dark: str = SHEET_IN_THE_DARK
    ink_dark: str = "#e9eaea"
    pale_dark: str = "#a9b0b3"
    rule_dark: str = "#363c3f"
    rule_ink_dark: str = "#c5c9cb"
    on_accent_dark: str = "#06282e"

    @property
    def link(self) -> str:
        return f"color:{self.accent}"

    @classmethod
    def of(cls, paper: Paper) -> "Colours":
        """With the paper's own accents."""
        return cls(
            accent=paper.accent_light,
            wash=colours.mixed(paper.accent_dark, "#ffffff"),
            accent_dark=paper.accent_dark,
            wash_dark=colours.mixed(paper.accent_dark, SHEET_IN_THE_DARK),
        )


def render(issue: Issue, edition: Edition) -> Rendered:
    """`issue` as the mail that `edition` gets."""
    paper = menu.paper()
    letter = parts.letter(issue, edition)
    values = {
        "letter": letter,
        "paper": paper,
        "why": why(letter, paper),
        "from": sender(paper),
        "marks": {"unsubscribe": UNSUBSCRIBE, "preferences": PREFERENCES, "online": ONLINE},
        "language": shell.language_tag(),
    }
    return Rendered(subject=letter.subject, html=_html(values, paper), text=plain.text(values))


def why(letter: parts.Letter, paper: Paper) -> str:
    """Why somebody gets this letter: it stands at the foot of each copy."""
    if letter.for_supporters:
        return _("You get this letter because you support %(paper)s.") % {"paper": paper.name}
    return _("You get this letter because you asked for it at %(paper)s.") % {"paper": paper.name}


def sender(paper: Paper) -> str:
    """Who sent it and from where, as the law wants it said in each copy."""
    address = paper.postal_address.strip().rstrip(".")
    return address if address.startswith(paper.name) else ", ".join(part for part in (paper.name, address) if part)


def _html(values: dict[str, object], paper: Paper) -> str:
    palette = Colours.of(paper)
    source = render_to_string("letters/mail.mjml", {**values, "c": palette, "serif": SERIF, "sans": SANS})
    options = mrml.RenderOptions(fonts={})  # it knows some by name (Roboto, Ubuntu) and would fetch them from elsewhere
    return str(mrml.to_html(markup.without_oddities(source), render_options=options).content)


def register() -> None:
    """Let letters be drawn by this."""
    rendering.register(render)
