"""Runs the Nu HTML checker over the public pages of the demonstration, in every edition, and those of a supporter.

The checker is the npm package `vnu-jar` (MIT; needs Java 17 and npm). VNU_JAR may name one that is there already.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from masthead.core.signing import Keyring  # noqa: E402
from masthead.press.passes import EDITIONS, Passes  # noqa: E402
from tests.people import chromium  # noqa: E402
from tests.running import RunningNewsroom, running_newsroom  # noqa: E402
from tools import journey  # noqa: E402

VERSION = "26.9.27"
ONLY_BY_POST = 405
A_DAY = 24 * 3600


def main() -> int:
    """Give the checker's status: 0 when no page has an error."""
    jar = the_jar()
    with tempfile.TemporaryDirectory() as scratch:
        pages = Path(scratch) / "pages"
        pages.mkdir()
        with running_newsroom(Path(scratch) / "newsroom") as newsroom:
            count = keep_pages(newsroom, pages)
        print(f"{count} pages, vnu-jar {VERSION}", flush=True)
        return subprocess.run(["java", "-jar", jar, "--errors-only", *pages.iterdir()], check=False).returncode


def keep_pages(newsroom: RunningNewsroom, folder: Path) -> int:
    """Write each page into `folder`: the printed ones in each edition, those of a supporter as that one gets them."""
    for edition in EDITIONS:
        cookies = {"pass": a_pass(newsroom, edition)} if edition != "public" else {}
        with httpx.Client(base_url=newsroom.address, cookies=cookies, timeout=60) as reader:
            for name, path in journey.pages_of(newsroom.address).items():
                answer = reader.get(path)
                keep(folder, f"{name}-{edition}", answer.status_code, answer.text, journey.STATUS.get(name, 200))
    keep(folder, "500", 200, journey.broken_page(newsroom))
    with chromium() as browser:
        for name, page in journey.as_a_supporter(browser, newsroom):
            again = page.context.request.get(page.url)
            if again.status == ONLY_BY_POST:
                keep(folder, name, 200, page.content())
            else:
                keep(folder, name, again.status, again.text(), journey.STATUS.get(name, 200))
    return len(list(folder.iterdir()))


def keep(folder: Path, name: str, status: int, html: str, expected: int = 200) -> None:
    """Write one page. Stops where it is not what it should be."""
    if status != expected:
        raise SystemExit(f"{name}: the answer was {status}, not {expected}")
    (folder / f"{name}.html").write_text(html)


def a_pass(newsroom: RunningNewsroom, edition: str) -> str:
    lines = (newsroom.home / "secrets.env").read_text().splitlines()
    secret = dict(line.split("=", 1) for line in lines)["MASTHEAD_SECRET"]
    return Passes(Keyring.of("pass", secret), secure=False).make(edition, round(time.time()) + A_DAY)


def the_jar() -> str:
    """Where vnu.jar is; fetched by npm, in its fixed version, where it is missing."""
    if given := os.environ.get("VNU_JAR"):
        return given
    folder = ROOT / ".cache" / f"vnu-{VERSION}"
    jar = folder / "node_modules/vnu-jar/build/dist/vnu.jar"
    if not jar.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder]
        subprocess.run([*words, f"vnu-jar@{VERSION}"], check=True)
    return str(jar)


if __name__ == "__main__":
    raise SystemExit(main())
