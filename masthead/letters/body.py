"""The blocks of a letter: those of the site's plain pages, and three that only letters have."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from masthead.newsroom.blocks import INLINE, PlainBody

NEWEST, SECTION, HAND = "newest", "section", "hand"
MOST_STORIES = 12


class PickBlock(blocks.StructBlock):
    """One story chosen by hand, and the words that lead over to it."""

    words = blocks.RichTextBlock(
        features=INLINE, required=False, label=_("Words before it"), help_text=_("They lead over to this story.")
    )
    piece = blocks.PageChooserBlock(page_type=["newsroom.StoryPage", "newsroom.FilmPage"], label=_("Story or film"))

    class Meta:
        icon = "doc-full"
        label = _("Story")


class StoriesBlock(blocks.StructBlock):
    """Stories of the paper: the newest, the newest of a section, or chosen by hand with words between them."""

    heading = blocks.CharBlock(required=False, max_length=160, label=_("Heading above them"))
    which = blocks.ChoiceBlock(
        choices=[
            (NEWEST, _("The newest when the letter is sent")),
            (SECTION, _("The newest of a section when the letter is sent")),
            (HAND, _("Those chosen below, in that order")),
        ],
        default=HAND,
        label=_("Which"),
    )
    count = blocks.IntegerBlock(
        default=5, min_value=1, max_value=MOST_STORIES, label=_("How many"), help_text=_("Of the newest.")
    )
    section = blocks.PageChooserBlock(page_type="newsroom.SectionPage", required=False, label=_("Section"))
    order = blocks.ChoiceBlock(
        choices=[("newest", _("Newest first")), ("oldest", _("Oldest first"))],
        default="newest",
        label=_("Order of the newest"),
    )
    shows = blocks.ChoiceBlock(
        choices=[
            ("headlines", _("Headlines")),
            ("summaries", _("Headlines and standfirsts")),
            ("pictures", _("Pictures, headlines and standfirsts")),
        ],
        default="summaries",
        label=_("Show"),
    )
    picks = blocks.ListBlock(PickBlock(), default=[], max_num=MOST_STORIES, label=_("Chosen by hand"))

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["which"] == SECTION and not value["section"]:
            raise blocks.StructBlockValidationError({"section": ValidationError(_("Choose the section."))})
        if value["which"] == HAND and not value["picks"]:
            raise blocks.StructBlockValidationError(
                {"picks": ValidationError(_("Choose a story at least, or let the newest be taken."))}
            )
        return value

    class Meta:
        icon = "list-ol"
        label = _("Stories")


class CallBlock(blocks.StructBlock):
    """The next call. Nothing stands here while none is planned."""

    words = blocks.CharBlock(
        required=False, max_length=400, label=_("Words"), help_text=_("Below the name and the date of the next call.")
    )

    class Meta:
        icon = "group"
        label = _("The next call")


class AppealBlock(blocks.StructBlock):
    """An ask for support, in the copies of those who don't support yet; no other copy holds a byte of it."""

    headline = blocks.CharBlock(
        required=False, max_length=160, label=_("Headline"), help_text=_("Empty: that of the site’s appeal.")
    )
    words = blocks.RichTextBlock(
        features=INLINE, required=False, label=_("Words"), help_text=_("Empty: those of the site’s appeal.")
    )

    class Meta:
        icon = "pick"
        label = _("Appeal")


class LetterBody(PlainBody):
    """The body of a letter."""

    stories = StoriesBlock()
    call = CallBlock()
    appeal = AppealBlock()

    class Meta:
        block_counts = {"call": {"max_num": 1}, "appeal": {"max_num": 1}}
