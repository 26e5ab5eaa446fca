"""Rich text as mail markup takes it: well-formed, and its links whole, since a mail has no host of its own."""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold (XML 1.0, 2.2): form feeds and the like, pasted from elsewhere."""
EMPTY = ("br",)
PARAGRAPHS = ("p", "li", "ul", "ol")


def absolute(address: str) -> str:
    """An address of ours made whole; others stay as they are."""
    return urljoin(f"{settings.SITE_ADDRESS}/", address)


def without_oddities(text: str) -> str:
    """`text` without the characters that markup can't hold."""
    return _NOT_IN_XML.sub("", text)


def xhtml(rich: str, *, link: str, paragraph: str = "margin:0") -> SafeString:
    """Clean rich text, well-formed: every tag closed, every & written out; `link` and `paragraph` are their styles."""
    writer = _Writer({"a": link, "p": paragraph})
    return mark_safe(writer.written(rich))  # noqa: S308 (clean before, and escaped again here)


def words_and_links(rich: str) -> str:
    """The words of rich text, each link's address in brackets behind its words; a blank line between paragraphs."""
    said = _Speaker().written(rich)
    return re.sub(r"\n{3,}", "\n\n", said).strip()


class _Writer(HTMLParser):
    """Writes rich text anew, its tags in pairs whatever it was given."""

    def __init__(self, styles: dict[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self._styles = styles
        self._out: list[str] = []
        self._open: list[str] = []

    def written(self, rich: str) -> str:
        self.feed(without_oddities(rich))
        self.close()
        self._close_down_to(0)
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {"style": self._styles.get(tag, "")} | ({"href": absolute(_link_in(attrs))} if _link_in(attrs) else {})
        said = "".join(f' {name}="{escape(without_oddities(value))}"' for name, value in told.items() if value)
        self._out.append(f"<{tag}{said}/>" if tag in EMPTY else f"<{tag}{said}>")
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._close_down_to(len(self._open) - 1 - self._open[::-1].index(tag))

    def handle_data(self, data: str) -> None:
        self._out.append(escape(without_oddities(data), quote=False))

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>")


class _Speaker(HTMLParser):
    """Says rich text in plain words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._link = ("", 0)

    def written(self, rich: str) -> str:
        self.feed(without_oddities(rich))
        self.close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._out.append("\n")
        elif tag == "a" and _link_in(attrs):
            self._link = (absolute(_link_in(attrs)), len(self._out))

    def handle_endtag(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._out.append("\n\n")
        elif tag == "a" and self._link[0]:
            address, since = self._link
            address = address.removeprefix("mailto:").removeprefix("tel:")
            if address not in "".join(self._out[since:]):
                self._out.append(f" ({address})")
            self._link = ("", 0)

    def handle_data(self, data: str) -> None:
        self._out.append(re.sub(r"\s+", " ", without_oddities(data)))


def _link_in(attrs: list[tuple[str, str | None]]) -> str:
    return dict(attrs).get("href") or ""
