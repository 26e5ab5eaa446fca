"""What the templates of mails need: markup that is well-formed, addresses that are whole."""

from django import template
from django.utils.safestring import SafeString

from masthead.web.letters import markup
from masthead.web.pictures import Shown

register = template.Library()


@register.filter
def whole(address: str) -> str:
    """An address of ours with its host."""
    return markup.absolute(address)


@register.filter
def xhtml(rich: str, accent: str) -> SafeString:
    """Rich text for a mail, its links in the paper's accent."""
    return markup.xhtml(rich, link=f"color:{accent}")


@register.filter
def xhtml_paragraphs(rich: str, accent: str) -> SafeString:
    """The same for several paragraphs in one box, with room between them."""
    return markup.xhtml(rich, link=f"color:{accent}", paragraph="margin:0 0 10px")


@register.filter
def sized(picture: Shown, width: int) -> str:
    """The whole address of the smallest size of a picture that is as wide as that; else of what there is."""
    sizes = (size.rsplit(" ", 1) for size in picture.srcset.split(", ") if size)
    wide_enough = [address for address, wide in sizes if int(wide.removesuffix("w")) >= width]
    return markup.absolute(wide_enough[0] if wide_enough else picture.src)


@register.filter
def at_most(picture: Shown, room: int) -> int:
    """How wide a picture stands: as wide as there is room, unless it is much smaller; upright ones narrower."""
    width = room * 2 // 3 if picture.upright else room
    return width if picture.width >= width * 3 // 4 else picture.width
