"""The journey that must always work, walked in a browser through real processes: publish, read, support, ad-free.

Then, in the same newsroom with its two web processes: whole months of reading, a story that is taken away, the log.
"""

import html
import http.client
import io
import re
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser
from pydantic import SecretStr

from masthead.letters import links
from masthead.letters.models import LetterList
from tests.devices import Device
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
    settings = {"MASTHEAD_WEB_PROCESSES": "2", "MASTHEAD_LOG_LEVEL": "info"}
    with running_newsroom(tmp_path_factory.mktemp("journey") / "newsroom", settings) as newsroom:
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


def traces_of_adverts(newsroom: RunningNewsroom, page: str) -> dict[str, list[str]]:
    """What there is of each booked advert in a page's bytes: its picture's address, where it leads, whose it is."""
    rows = newsroom.rows(
        "SELECT c.picture, c.link, a.name FROM adverts_creative c JOIN adverts_booking b ON c.booking_id = b.id "
        "JOIN adverts_advertiser a ON b.advertiser_id = a.id"
    )
    pictures, links, names = ({str(word) for word in words} for words in zip(*rows, strict=True))
    said = html.unescape(page)
    looked_for = {"picture": pictures, "link": links, "advertiser": names}
    return {what: sorted(word for word in words if word in said) for what, words in looked_for.items()}


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
    assert all(traces_of_adverts(newsroom, ada.bytes_of(story)).values())

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
    assert traces_of_adverts(newsroom, freed) == {"picture": [], "link": [], "advertiser": []}
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

    # A month on, the next six pounds are collected, and nothing has changed for her. Bo's card has no money.
    bo = Visitor(browser, newsroom)
    bo.opens("/support/")
    bo.supports("bo@example.org", outcome="later")
    until(lambda: bo.mail("bo@example.org"), what="his receipt")
    newsroom.forward(months=1)
    until(lambda: newsroom.rows("SELECT count(*) FROM money_payment WHERE state = 'collected'") == [(3,)], seconds=120)
    assert phone.reads(story) == ("supporter", 0, 0)
    assert ada.reads(story) == ("supporter", 0, 0)

    # He writes to the paper: by the keyboard alone, from the desk's first page, somebody has the three answers.
    until(lambda: len(bo.mail("bo@example.org")) > 1, seconds=120, what="the mail that it failed")
    editor.opens("/desk/")
    editor.page.get_by_label("Find somebody").focus()
    editor.page.keyboard.type("bo@example")
    editor.page.keyboard.press("Enter")
    answer = editor.page.locator(".care-top").inner_text()
    assert "There was not enough money in the account. Nothing was taken." in answer  # why did it fail
    assert re.search(r"£6.00 is tried again from the card ending 0006", answer)  # what happens next
    assert re.search(r"What we told them\n+\d+ \w+ \d{4}\n+Your payment to .* did not come through", answer)
    assert Axe().run(editor.page).response["violations"] == []
    editor.leaves()
    bo.leaves()

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


def test_who_supports_meets_no_advert_however_seldom_they_read_until_what_is_paid_for_is_over(newsroom, story):
    readers = {name: Device(newsroom) for name in ("daily", "weekly", "every 60 days", "unconfirmed", "leaves")}
    for name, reader in readers.items():
        email = f"{name.replace(' ', '-')}@example.org"
        reader.supports(email)
        if name != "unconfirmed":
            reader.signs_in(email)
    met = {name: {reader.reads(story)} for name, reader in readers.items()}

    def time_passes(*who: str, days: int, times: int) -> None:
        for _ in range(times):
            newsroom.forward(days=days)
            for name in who:
                met[name].add(readers[name].reads(story))

    assert readers["leaves"].asks(f"{_pledge_of('leaves@example.org', newsroom)}end/", sure="yes").status_code == 302
    time_passes("daily", "leaves", days=1, times=9)
    time_passes("weekly", "unconfirmed", days=7, times=2)
    assert met["leaves"] == {("supporter", False)}
    newsroom.forward(days=9)
    over = [readers["leaves"].reads(story) for _ in range(2)]
    time_passes("weekly", "unconfirmed", days=7, times=5)
    time_passes("every 60 days", "unconfirmed", days=60, times=2)

    assert met == {name: {("supporter", False)} for name in readers}
    assert over == [("public", True)] * 2


def _pledge_of(email: str, newsroom: RunningNewsroom) -> str:
    ((reference,),) = newsroom.rows("SELECT reference FROM giving_pledge WHERE email = ?", email)
    return f"/account/pledges/{reference}/"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process listens")
def test_a_story_that_is_taken_away_is_gone_from_both_processes_on_the_next_request(newsroom, story):
    before = [asked(newsroom, story) for _ in range(24)]
    (tag,) = {tag for _, _, tag in before}
    again = [asked(newsroom, story, tag) for _ in range(24)]
    assert {(process, status) for process, status, _ in before} == {("web-0", 200), ("web-1", 200)}
    assert {(process, status) for process, status, _ in again} == {("web-0", 304), ("web-1", 304)}

    newsroom.does(
        "from masthead.core.actors import Actor\n"
        "from masthead.newsroom import publishing\n"
        "from masthead.newsroom.models import StoryPage\n"
        "publishing.take_down(StoryPage.objects.latest('pk'), by=Actor.staff(1))\n"
    )

    gone = [asked(newsroom, story, tag) for _ in range(24)]
    assert {(process, status) for process, status, _ in gone} == {("web-0", 410), ("web-1", 410)}


def asked(newsroom: RunningNewsroom, path: str, tag: str = "") -> tuple[str, int, str]:
    """Which process answered on a line of its own, with what status and tag; the kernel shares lines out."""
    with closing(http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=30)) as line:
        line.request("GET", path, headers={"If-None-Match": tag} if tag else {})
        answer = line.getresponse()
        answer.read()
        return process_behind(line, newsroom), answer.status, answer.getheader("ETag") or ""


def process_behind(line: http.client.HTTPConnection, newsroom: RunningNewsroom) -> str:
    """Which web process holds the other end of a connection, as the kernel lists it."""
    ours = f":{line.sock.getsockname()[1]:04X}"
    listed = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = (row[9] for row in listed if row[1].endswith(f":{newsroom.port:04X}") and row[2].endswith(ours))
    for noted in (newsroom.home / "state" / "processes").glob("web-*"):
        sockets = Path(f"/proc/{noted.read_text()}/fd").iterdir()
        if f"socket:[{inode}]" in {str(held.readlink()) for held in sockets if held.is_symlink()}:
            return noted.name
    raise AssertionError("nobody")


@contextmanager
def without_a_table(newsroom: RunningNewsroom, name: str) -> Iterator[None]:
    """Within, every request of somebody with a session ends in an error."""
    with closing(sqlite3.connect(newsroom.home / "newsroom.sqlite3", timeout=30)) as database:
        database.execute("PRAGMA legacy_alter_table = ON")  # what refers to the table goes on naming it so
        database.execute(f"ALTER TABLE {name} RENAME TO away")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE away RENAME TO {name}")


def test_no_token_stands_in_what_the_processes_write_even_of_a_page_that_broke(newsroom, settings):
    bo = Device(newsroom)
    thanks = bo.supports("bo@example.org")
    mail = bo.is_sent("bo@example.org")
    link = re.search(r"/account/sign-in/[^/\s]+/", mail)
    assert link
    settings.CONFIG = settings.CONFIG.model_copy(update={"secret": SecretStr(newsroom.secret)})
    leave = urlsplit(links.unsubscribe(LetterList(pk=1), 1)).path
    paths = [thanks, link[0], leave]

    for path in paths:
        assert bo.asks(path).status_code in (200, 410)
    with without_a_table(newsroom, "readers_device"):
        broken = [bo.asks(path).status_code for path in paths]

    written = (newsroom.home / "log.txt").read_text()
    assert broken == [500, 500, 500]
    assert written.count("Internal Server Error") >= 3
    assert [path for path in paths if path.strip("/").rpartition("/")[2] in written] == []
    assert "bo@example.org" not in written
