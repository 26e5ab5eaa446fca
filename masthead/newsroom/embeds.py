"""Embeds: who shows it, and the address of the frame that is loaded after a click, never before."""

import re
from urllib.parse import urlsplit

from wagtail.blocks import StructValue

FRAMES = (
    (re.compile(r"^https://(?:www\.)?youtube\.com/watch\?(?:.*&)?v=([\w-]{6,20})"), "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"^https://youtu\.be/([\w-]{6,20})"), "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"^https://(?:www\.)?vimeo\.com/(\d+)"), "https://player.vimeo.com/video/{}?dnt=1"),
)  # fmt: skip


def frame_for(address: str) -> str | None:
    """The address to frame for `address`, of the providers we know; None for others: they get a link."""
    for pattern, frame in FRAMES:
        if found := pattern.match(address):
            return frame.format(found[1])
    return None


class EmbedValue(StructValue):
    """An embed as a template sees it."""

    @property
    def host(self) -> str:
        """Whose page it is, for the sentence that warns before the click."""
        return (urlsplit(self["address"]).hostname or "").removeprefix("www.")

    @property
    def frame(self) -> str | None:
        """What may be framed after a click; None: show a link."""
        return frame_for(self["address"])
