"""Issues of a letter: what was written, and whether it went out."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin

from masthead.core import fillins
from masthead.letters.body import LetterBody
from masthead.press.models import OnPages

__all__ = ["Issue", "IssueQuerySet", "words_of"]

WORDED = ("subject", "preheader", "headline")
"""Lines in which fill-in words may stand; in the body they may stand everywhere."""

Modes = list[tuple[str, str]]  # named out here: inside Issue, `list` is its letter
Sizes = list[dict[str, Any]]


class IssueQuerySet(models.QuerySet["Issue"]):
    """Issues, asked for by what they are."""

    def sent(self) -> "IssueQuerySet":
        """Those that went out and were not withdrawn."""
        return self.filter(sent_at__isnull=False, withdrawn_at__isnull=True)

    def newest(self) -> "IssueQuerySet":
        """The one sent last first."""
        return self.order_by("-sent_at", "-pk")


class Issue(PreviewableMixin, OnPages):
    """One mailing of a list: written on the desk, sent once, kept in the archive."""

    list = models.ForeignKey(
        "letters.LetterList", verbose_name=_("letter"), on_delete=models.PROTECT, related_name="issues"
    )
    slug = models.SlugField(
        _("name in the address"), max_length=120, help_text=_("It can’t be changed any more once the letter is sent.")
    )
    subject = models.CharField(
        _("subject"), max_length=120, help_text=_("Most mail programs show the first fifty letters.")
    )
    preheader = models.CharField(
        _("line behind the subject"),
        max_length=160,
        blank=True,
        help_text=_("Mail programs show it in the list of mails, behind the subject. Empty: the first words."),
    )
    headline = models.CharField(_("headline"), max_length=160)
    written_by = models.ForeignKey(
        "newsroom.Person", verbose_name=_("written by"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", help_text=_("Named below the headline."),
    )  # fmt: skip
    body = StreamField(LetterBody(), verbose_name=_("body"))
    made_at = models.DateTimeField(_("begun"), editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False, db_index=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    settled = models.JSONField(
        default=dict, editable=False, help_text="the stories, figures and call that it showed when it went out"
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["list", "slug"],
                name="issue_has_its_own_address",
                violation_error_message=_("Another issue of this letter has this name in its address."),
            ),
            CheckConstraint(
                name="issue_is_withdrawn_only_after_it_was_sent",
                condition=Q(withdrawn_at__isnull=True) | Q(sent_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["list", "-sent_at"], name="issue_by_list")]

    def __str__(self) -> str:
        return self.subject

    @property
    def path(self) -> str:
        """Where the archive shows it."""
        return f"/letters/{self.list.slug}/{self.slug}/"

    @property
    def title(self) -> str:
        """Its headline, as lists show it: filled in as it was when it went out."""
        said = self.headline
        for name, words in self.settled.get("fills", {}).items():
            said = said.replace(f"{{{name}}}", words)
        return said

    @property
    def is_standing(self) -> bool:
        """Whether the archive shows it: sent, and not withdrawn."""
        return self.sent_at is not None and self.withdrawn_at is None

    @property
    def is_draft(self) -> bool:
        """Whether it was neither sent nor scheduled: whoever writes letters may change it."""
        mailing = getattr(self, "mailing", None)
        return self.sent_at is None and (mailing is None or mailing.is_off)

    def clean(self) -> None:
        """Nothing unknown to fill in; the address of a sent issue stays."""
        super().clean()
        wrong = {field: _unknown(getattr(self, field)) for field in WORDED}
        wrong["body"] = _unknown(" ".join(words_of(self)))
        if self.pk and self.sent_at:
            stored = Issue.objects.get(pk=self.pk)
            if stored.slug != self.slug or stored.list_id != self.list_id:
                wrong["slug"] = str(_("This issue is sent, and links in the mails lead to its address. It stays."))
        if found := {field: says for field, says in wrong.items() if says}:
            raise ValidationError(found)

    @property
    def preview_modes(self) -> Modes:
        """As whom the desk may look at it."""
        return [
            ("public", str(_("Mail, to those who don’t support yet"))),
            ("supporter", str(_("Mail, to supporters"))),
            ("text", str(_("Mail, as plain text"))),
            ("web", str(_("On the web"))),
        ]

    @property
    def default_preview_mode(self) -> str:
        return "public"

    @property
    def preview_sizes(self) -> Sizes:
        """The widths of the preview."""
        return [
            {"name": "phone", "icon": "mobile-alt", "device_width": 390, "label": _("On a phone")},
            {"name": "desk", "icon": "desktop", "device_width": 800, "label": _("At a desk")},
        ]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Drawn by `web`, which registers how."""
        from masthead.letters import previewing

        return previewing.show(self, request, mode_name)


def words_of(issue: Issue) -> list[str]:
    """All that was written into the body, in order."""
    return [text for block in issue.body for text in _texts(block.value)]


def _texts(value: Any) -> list[str]:
    """The words in a block's value, however deep."""
    if isinstance(value, str):
        return [value]
    if hasattr(value, "source"):
        return [value.source]
    if hasattr(value, "items"):
        return [text for inner in value.values() for text in _texts(inner)]
    if hasattr(value, "__iter__"):
        return [text for inner in value for text in _texts(inner)]
    return []


def _unknown(text: str) -> str:
    """What is wrong with the fill-in words in `text`; nothing when all are known."""
    unknown = fillins.unknown_in(text)
    if not unknown:
        return ""
    known = ", ".join(f"{{{name}}}" for name in sorted(fillins.WORDS)) or _("none yet")
    return str(_("Nobody fills in {%(name)s}. You can use: %(known)s.") % {"name": unknown[0], "known": known})
