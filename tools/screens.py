"""Takes screenshots of public pages, of ours at the desk (390 and 1280 px) and of mails (390 and 800), light and dark.

They go into screens/.

    python tools/screens.py                                  the demonstration's pages, which it starts for that
    python tools/screens.py http://127.0.0.1:8000            those of a newsroom that runs already
    python tools/screens.py http://127.0.0.1:8000 /support/  these pages alone

They are for people to look at; nothing compares them.
"""

import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.people import chromium  # noqa: E402
from tests.running import RunningNewsroom, running_newsroom  # noqa: E402
from tools import journey  # noqa: E402

SCREENS = ROOT / "screens"
WIDTHS = (390, 1280)
WIDTHS_OF_MAIL = (390, 800)
SCHEMES = ("light", "dark")


def main(address: str, *paths: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    pages = {path.strip("/").replace("/", "-") or "front": path for path in paths} or journey.pages_of(address)
    with chromium() as browser:
        for name, path in pages.items():
            take(browser, name, urljoin(address, path))


def take(browser: Browser, name: str, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    shoot(page, name)
    page.close()


def shoot(page: Page, name: str, *, widths: tuple[int, ...] = WIDTHS) -> None:
    """The page that is open, at each width, by day and by night."""
    for width in widths:
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


def shoot_mails(browser: Browser, newsroom: RunningNewsroom) -> None:
    page = browser.new_page()
    for name, html in journey.mails(newsroom).items():
        page.set_content(html)
        shoot(page, name, widths=WIDTHS_OF_MAIL)
    page.close()


def of_the_demonstration() -> None:
    with tempfile.TemporaryDirectory() as scratch, running_newsroom(Path(scratch) / "newsroom") as newsroom:
        main(newsroom.address)
        with chromium() as browser:
            for name, page in journey.at_the_desk(browser, newsroom):
                shoot(page, name)
            shoot_mails(browser, newsroom)
            for name, page in journey.as_a_supporter(browser, newsroom):
                shoot(page, name)


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else of_the_demonstration()
