"""Makes the recording of the demonstration's call: three cards with the questions, six seconds each, in silence.

Cards are drawn in Chromium with the house's own type, and joined by ffmpeg. Nobody is filmed.
"""

import base64
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CONTENT = ROOT / "masthead" / "web" / "demo" / "content"
TYPE = ROOT / "masthead" / "web" / "static" / "fonts" / "newsreader-head-latin.woff2"
SECONDS, FRAMES = 6, 10
WIDTH, HEIGHT = 640, 360
CARD = """<style>
@font-face {{ font-family: Head; src: url(data:font/woff2;base64,{type}) }}
body {{ margin: 0; width: {width}px; height: {height}px; background: #0c5460; color: #fff; font-family: Head;
  display: flex; flex-direction: column; justify-content: space-between }}
p {{ margin: 0; padding: 26px 34px; font: 14px sans-serif; color: #bfe0e4 }}
h1 {{ margin: 0; padding: 0 60px 0 34px; font-size: 33px; font-weight: 400; line-height: 1.15 }}
</style>
<p>The call with Helen Marwood</p><h1>{words}</h1>
<p>Question {number} of {count} &nbsp;·&nbsp; A card from the demonstration: nobody is filmed</p>"""


def main() -> None:
    held = [facts for facts in tomllib.loads((CONTENT / "calls.toml").read_text())["held"] if "recording" in facts]
    for facts in held:
        with tempfile.TemporaryDirectory() as folder:
            cards = _draw([question["text"] for question in facts["questions"]], Path(folder))
            _join(cards, CONTENT / "calls" / facts["recording"])


def _draw(questions: list[str], folder: Path) -> list[Path]:
    type_ = base64.b64encode(TYPE.read_bytes()).decode()
    cards = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for number, words in enumerate(questions, start=1):
            page.set_content(
                CARD.format(type=type_, width=WIDTH, height=HEIGHT, words=words, number=number, count=len(questions))
            )
            page.evaluate("document.fonts.ready")
            cards.append(folder / f"{number}.png")
            page.screenshot(path=cards[-1])
        browser.close()
    return cards


def _join(cards: list[Path], film: Path) -> None:
    shown = [word for card in cards for word in ("-loop", "1", "-t", str(SECONDS), "-i", str(card))]
    parts = "".join(f"[{number}:v]fps={FRAMES},fade=in:0:5[c{number}];" for number in range(len(cards)))
    joined = "".join(f"[c{number}]" for number in range(len(cards)))
    silence = ["-f", "lavfi", "-t", str(SECONDS * len(cards)), "-i", "anullsrc=r=44100:cl=mono"]
    command = ["ffmpeg", "-y", "-loglevel", "error", *shown, *silence]
    command += ["-filter_complex", f"{parts}{joined}concat=n={len(cards)}:v=1[v]", "-map", "[v]"]
    command += ["-map", f"{len(cards)}:a", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "28"]
    command += ["-preset", "veryslow", "-c:a", "aac", "-b:a", "24k", "-movflags", "+faststart", str(film)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
