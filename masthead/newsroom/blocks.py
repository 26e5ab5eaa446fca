"""What a story's body is made of: typed blocks, each rendered by whoever shows the story."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from masthead.newsroom import embeds

INLINE = ["bold", "italic", "link"]


class PictureBlock(blocks.StructBlock):
    """A picture where the text speaks of it, with a caption for this use."""

    picture = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(
        required=False,
        max_length=500,
        label=_("Caption here"),
        help_text=_("Empty: the picture's own caption. Its credit is always printed behind it."),
    )
    size = blocks.ChoiceBlock(
        choices=[("wide", _("Wide: over the whole measure and a little more")), ("side", _("Upright, at text width"))],
        default="wide",
        label=_("Size"),
    )

    class Meta:
        icon = "image"
        label = _("Picture")


class PullQuoteBlock(blocks.StructBlock):
    """A sentence lifted out of the text."""

    text = blocks.TextBlock(max_length=400, label=_("Words"))
    who = blocks.CharBlock(required=False, max_length=120, label=_("Who said it"))

    class Meta:
        icon = "openquote"
        label = _("Pull quote")


class ListBlock(blocks.StructBlock):
    """Points, with numbers or without."""

    ordered = blocks.BooleanBlock(required=False, label=_("Numbered"))
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE, label=_("Point")), min_num=1, label=_("Points"))

    class Meta:
        icon = "list-ul"
        label = _("List")


class EmbedBlock(blocks.StructBlock):
    """Something shown from elsewhere. Nothing of it is loaded before the reader asks for it."""

    address = blocks.URLBlock(max_length=500, label=_("Address"))
    title = blocks.CharBlock(max_length=160, label=_("What it shows"), help_text=_("Read by those who do not load it."))

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not value["address"].startswith("https://"):
            raise blocks.StructBlockValidationError(
                {"address": ValidationError(_("Only addresses that begin with https:// can be embedded."))}
            )
        return value

    class Meta:
        icon = "media"
        label = _("Embed")
        value_class = embeds.EmbedValue


class ReadOnBlock(blocks.PageChooserBlock):
    """Points to a story or film, follows its headline, and disappears with it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("page_type", ["newsroom.StoryPage", "newsroom.FilmPage"])
        super().__init__(**kwargs)

    class Meta:
        icon = "arrow-right"
        label = _("Read on")


def _heading() -> blocks.CharBlock:
    return blocks.CharBlock(max_length=160, icon="title", label=_("Heading"))


def _paragraph() -> blocks.RichTextBlock:
    return blocks.RichTextBlock(features=INLINE, icon="pilcrow", label=_("Paragraph"))


class StoryBody(blocks.StreamBlock):
    """The body of a story."""

    paragraph = _paragraph()
    heading = _heading()
    picture = PictureBlock()
    pull_quote = PullQuoteBlock()
    list = ListBlock()
    embed = EmbedBlock()
    read_on = ReadOnBlock()


class PlainBody(blocks.StreamBlock):
    """The body of a plain page: words and pictures, nothing that moves."""

    paragraph = _paragraph()
    heading = _heading()
    picture = PictureBlock()
    list = ListBlock()
