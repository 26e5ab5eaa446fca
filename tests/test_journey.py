"""The journey that must always work, walked in a browser through real processes: publish, read, support, ad-free."""

import io
import re
import struct

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.people import Editor, Visitor
from tests.running import RunningNewsroom, running_newsroom, until

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PARAGRAPHS = [
    f"The lamp on the breakwater went out in the storm, and for {count} weeks nobody came. "
    + "Boats waited outside. " * 14
    for count in ("two", "three", "four", "five", "six", "seven", "eight")
]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    with running_newsroom(tmp_path_factory.mktemp("journey") / "newsroom") as newsroom:
        yield newsroom


def dataset(number: int, text: str) -> bytes:
    """One IPTC dataset of record 2 (IIM 4.2, chapter 1)."""
    return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(text.encode())) + text.encode()


def photograph() -> bytes:
    """A JPEG whose IPTC says what it shows, who made it and which agency sent it, and whose alt text is in its XMP."""
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((1600, 1000)).convert("RGB").save(
        picture,
        "JPEG",
        xmp=b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
        <Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">
        A lamp on a stone wall, at night.</rdf:li></rdf:Alt></Iptc4xmpCore:AltTextAccessibility></rdf:Description>
        </rdf:RDF></x:xmpmeta>""",
    )
    words = dataset(80, "Ada Obi") + dataset(110, "Northern Lights Pictures") + dataset(120, "The lamp, lit again.")
    blob = b"\x1c\x01\x5a\x00\x03\x1b%G" + words
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(blob)) + blob + b"\x00" * (len(blob) % 2)
    body = b"Photoshop 3.0\x00" + resource
    segment = b"\xff\xed" + struct.pack(">H", len(body) + 2) + body
    plain = picture.getvalue()
    return plain[:2] + segment + plain[2:]


@pytest.fixture(scope="module")
def story(browser: Browser, newsroom: RunningNewsroom, tmp_path_factory) -> str:
    """A story that the editor publishes through the desk; its path."""
    file = tmp_path_factory.mktemp("camera") / "lamp.jpg"
    file.write_bytes(photograph())
    editor = Editor(browser, newsroom)
    editor.signs_in("editor@courier.example", "four-winters-left")

    editor.writes("harbour", "The lamp on the breakwater burns again", "A volunteer did it.", PARAGRAPHS, file)
    editor.publishes()
    assert "has not been checked" in editor.told
    editor.keeps()
    found = editor.checks_the_newest_picture()
    assert found == {
        "alt": "A lamp on a stone wall, at night.",
        "caption": "The lamp, lit again.",
        "credit_who": "Ada Obi",
        "credit_agency": "Northern Lights Pictures",
    }
    editor.opens_the_newest_story()
    editor.publishes()
    assert "published" in editor.told
    editor.leaves()
    ((path,),) = newsroom.rows("SELECT path FROM newsroom_address WHERE path LIKE '%the-lamp-on-the-breakwater%'")
    shown = "Northern Lights Pictures"
    until(lambda: shown in httpx.get(newsroom.address + str(path)).text, seconds=60, what="the drawing of the picture")
    return str(path)


def what_adverts_say(html: str) -> set[str]:
    """Addresses of creatives, click addresses and the words of adverts in a page."""
    slots = "".join(re.findall(r"<aside[^>]*data-slot=.*?</aside>", html, re.DOTALL))
    return set(re.findall(r'(?:src|alt|href)="([^"]+)"', slots)) - {"/support/"}


def test_support_frees_the_same_story_of_adverts_until_it_has_really_ended(  # noqa: PLR0915  (one walk)
    browser: Browser, newsroom: RunningNewsroom, story: str
) -> None:
    # A visitor reads: adverts, three appeals, a credited picture, somewhere to read on; no cookie, no other host.
    ada = Visitor(browser, newsroom)
    edition, slots, appeals = ada.reads(story)
    assert (edition, appeals) == ("public", 3)
    assert slots >= 1
    assert "Ada Obi / Northern Lights Pictures" in ada.page.locator("figcaption .credit").first.inner_text()
    assert ada.page.locator("[data-read-on] a").count() == 1
    assert ada.cookies == {}
    assert {address for address in ada.asked if not address.startswith((newsroom.address, "data:"))} == set()
    advertised = what_adverts_say(ada.bytes_of(story))
    names = {str(name) for (name,) in newsroom.rows("SELECT name FROM adverts_advertiser")}
    assert advertised
    assert names

    # She gives six pounds a month; the bank's webhook arrives; the thank-you page is free of both already.
    ada.clicks("Support us and go ad-free")
    ada.supports("ada@example.org")
    ada.page.wait_for_url(re.compile("/support/thanks/"))
    assert ada.sees() == ("supporter", 0, 0)
    thanks = ada.page.url
    until(lambda: newsroom.rows("SELECT 1 FROM money_delivery"), what="the webhook")
    assert newsroom.rows(
        "SELECT state, origin_placement, origin_address FROM giving_pledge WHERE email = 'ada@example.org'"
    ) == [("active", "top", story)]

    # The same address: neither adverts nor appeals, not hidden but absent from the bytes.
    assert ada.reads(story) == ("supporter", 0, 0)
    freed = ada.bytes_of(story)
    assert [words for words in advertised | names if words in freed] == []
    assert "data-slot" not in freed
    assert "data-appeal" not in freed

    # Whoever types or replays the address that she came back to earns nothing.
    eve = Visitor(browser, newsroom)
    eve.opens(thanks)
    assert "ada@example.org" not in eve.page.content()
    assert eve.reads(story)[0] == "public"
    eve.leaves()

    # The receipt came; the address is confirmed on another device, which is free of adverts too.
    until(lambda: ada.mail("ada@example.org"), what="the receipt")
    phone = Visitor(browser, newsroom)
    phone.signs_in("ada@example.org")
    assert phone.reads(story) == ("supporter", 0, 0)
    phone.opens("/account/")
    assert "£6" in phone.page.locator("main").inner_text()

    # The editor sees what the story brought in.
    editor = Editor(browser, newsroom)
    editor.signs_in("editor@courier.example", "four-winters-left")
    ((page,),) = newsroom.rows("SELECT max(page_ptr_id) FROM newsroom_storypage")
    editor.opens(f"/desk/stories/{page}/income/")
    assert "£6" in editor.page.locator("main").inner_text()
    editor.leaves()

    # A month on, the next six pounds are collected, and nothing has changed for her.
    newsroom.forward(months=1)
    until(lambda: newsroom.rows("SELECT count(*) FROM money_payment WHERE state = 'collected'") == [(2,)], seconds=120)
    assert phone.reads(story) == ("supporter", 0, 0)
    assert ada.reads(story) == ("supporter", 0, 0)

    # She ends it in two clicks; what is paid for lasts; then the adverts are back.
    phone.opens("/account/")
    phone.clicks("End")
    phone.clicks("End my support", role="button")
    assert newsroom.rows("SELECT state FROM giving_pledge WHERE email = 'ada@example.org'") == [("ended",)]
    newsroom.forward(days=20)
    assert phone.reads(story) == ("supporter", 0, 0)
    newsroom.forward(days=15)
    edition, slots, appeals = phone.reads(story)
    assert (edition, appeals) == ("public", 3)
    assert slots >= 1
    edition, slots, appeals = ada.reads(story)
    assert (edition, appeals) == ("public", 3)
