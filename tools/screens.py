"""Takes screenshots of the public pages at 390 and 1280 px, light and dark, into screens/.

    python tools/screens.py                                  the demonstration's pages, which it starts for that
    python tools/screens.py http://127.0.0.1:8000            those of a newsroom that runs already
    python tools/screens.py http://127.0.0.1:8000 /support/  these pages alone

They are for people to look at; nothing compares them.
"""

import re
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.people import Visitor, chromium  # noqa: E402
from tests.running import RunningNewsroom, running_newsroom  # noqa: E402

SCREENS = ROOT / "screens"
WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")


def main(address: str, *paths: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    pages = {path.strip("/").replace("/", "-") or "front": path for path in paths} or pages_of(address)
    with chromium() as browser:
        for name, path in pages.items():
            take(browser, name, urljoin(address, path))


def pages_of(address: str) -> dict[str, str]:
    """One page of each kind, found as a reader would: by following links from the front."""
    front = httpx.get(address).text
    story = first(r'href="(/[\w-]+/\d{4}/\d\d/\d\d/[\w-]+/)"', front)
    text = httpx.get(urljoin(address, story)).text if story else ""
    films = httpx.get(urljoin(address, "/films/")).text
    letters = httpx.get(urljoin(address, "/letters/")).text
    calls = httpx.get(urljoin(address, "/calls/")).text
    found = {
        "front": "/",
        "story": story,
        "section": first(r'<li><a href="(/[\w-]+/)"', front),
        "films": "/films/",
        "film": first(r'href="(/films/[\w-]+/)"', films),
        "person": first(r'href="(/people/[\w-]+/)"', text),
        "topic": first(r'href="(/topics/[\w-]+/)"', text),
        "running": first(r'href="(/running/[\w-]+/)"', text),
        "plain": first(r'href="(/(?:about|privacy|terms)/)"', front),
        "search": "/search/?q=ferry",
        "search-nothing": "/search/?q=zeppelin",
        "404": "/the-ferry-levy/",
        "support": "/support/",
        "letters": "/letters/",
        "letter": first(r'href="(/letters/[\w-]+/[\w-]+/)"', letters),
        "letter-list": first(r'href="(/letters/[\w-]+/)"', letters),
        "letters-sign-up": "/letters/sign-up/",
        "calls": "/calls/",
        "call": first(r'href="(/calls/[\w-]+/)"', calls),
        "open-books": "/open-books/",
        "sign-in": "/account/sign-in/",
    }
    return {name: path for name, path in found.items() if path}


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def take(browser: Browser, name: str, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    shoot(page, name)
    page.close()


def shoot(page: Page, name: str) -> None:
    """The page that is open, at each width, by day and by night."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(
                """async () => { for (let y = 0; y < document.body.scrollHeight; y += 700) {
                       scrollTo(0, y); await new Promise((done) => setTimeout(done, 40)) } scrollTo(0, 0) }"""
            )
            page.wait_for_load_state("networkidle")
            suffix = "-dark" if scheme == "dark" else ""
            page.screenshot(path=SCREENS / f"{name}-{width}{suffix}.png", full_page=True)
    print(f"{name:16} {page.url}", flush=True)


def take_the_journey(browser: Browser, newsroom: RunningNewsroom) -> None:
    """What only those see who give: the pay page, the thank-you page, the story after it, the account."""
    visitor, pages = Visitor(browser, newsroom), pages_of(newsroom.address)
    email = f"screens-{round(time.time())}@example.org"
    visitor.opens("/support/")
    visitor.page.locator('input[name="email"]').fill(email)
    visitor.page.locator('main form button[type="submit"]').first.click()
    visitor.page.wait_for_url(re.compile(r"^(?!" + re.escape(newsroom.address) + ")"))
    shoot(visitor.page, "pay")
    visitor.pays("accepts")
    visitor.page.wait_for_url(re.compile("/support/thanks/"))
    shoot(visitor.page, "thanks")
    for name, path in {
        "story-supporter": pages["story"],
        "front-supporter": "/",
        "account-unconfirmed": "/account/",
    }.items():
        visitor.opens(path)
        shoot(visitor.page, name)
    visitor.signs_in(email)
    own = {"account": "/account/", "letter-supporter": pages.get("letter"), "call-supporter": pages.get("call")}
    for name, path in own.items():
        if path:
            visitor.opens(path)
            shoot(visitor.page, name)
    visitor.leaves()


def of_the_demonstration() -> None:
    with tempfile.TemporaryDirectory() as scratch, running_newsroom(Path(scratch) / "newsroom") as newsroom:
        main(newsroom.address)
        with chromium() as browser:
            take_the_journey(browser, newsroom)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else of_the_demonstration()
