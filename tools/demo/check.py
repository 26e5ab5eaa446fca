"""Look for what can be wrong with the demo's content before it is loaded: `python tools/demo/check.py`."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).resolve().parents[2] / "masthead/web/demo/content"
MOST_OCTETS = 14 * 1024 * 1024

Facts = dict[str, Any]


def read(path: Path) -> Facts:
    return tomllib.loads(path.read_text())


def faults() -> Iterator[str]:
    paper = read(CONTENT / "paper.toml")
    pictures = {facts["slug"]: facts for facts in read(CONTENT / "pictures.toml")["pictures"]}
    adverts = read(CONTENT / "adverts/adverts.toml")["adverts"]
    stories = [read(path) for path in sorted((CONTENT / "stories").glob("*.toml"))]
    films = [read(path) for path in sorted((CONTENT / "films").glob("*.toml"))]
    known = {
        "section": {facts["slug"] for facts in paper["sections"]},
        "person": {facts["slug"] for facts in paper["people"]},
        "chain": {facts["slug"] for facts in paper["running_stories"]},
        "picture": set(pictures),
        "story": {facts["slug"] for facts in [*stories, *films]},
    }
    for facts in [*pictures.values(), *adverts]:
        if not (CONTENT / facts["file"]).exists():
            yield f"{facts['slug']}: {facts['file']} is missing"
    for film in films:
        yield from (
            f"{film['slug']}: {film[k]} is missing" for k in ("file", "captions") if not (CONTENT / film[k]).exists()
        )
    for facts in [*stories, *films]:
        for kind, slug in named(facts):
            if slug not in known[kind]:
                yield f"{facts['slug']}: no {kind} is called {slug}"
        if re.search(r"""["']""", re.sub(r"<[^>]+>", "", words(facts))):
            yield f"{facts['slug']}: straight quotes"
    leads = Counter(story["lead_picture"] for story in stories if "lead_picture" in story)
    yield from (f"{slug} leads {count} stories" for slug, count in leads.items() if count > 1)
    octets = sum(path.stat().st_size for path in CONTENT.rglob("*") if path.is_file())
    if octets > MOST_OCTETS:
        yield f"the content has {octets:,} octets, {octets - MOST_OCTETS:,} too many"


def named(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "section", facts["section"]
    for field, kind in (("lead_picture", "picture"), ("poster", "picture"), ("chain", "chain")):
        if field in facts:
            yield kind, facts[field]
    yield from (("person", byline["person"]) for byline in facts["byline"] if "person" in byline)
    for block in facts.get("body", []):
        if block["type"] == "picture":
            yield "picture", block["picture"]
        if block["type"] == "read_on":
            yield "story", block["story"]


def words(facts: Facts) -> str:
    blocks = [
        block.get("html") or block.get("text") or " ".join(block.get("items", [])) for block in facts.get("body", [])
    ]
    return " ".join([facts.get("headline") or facts["title"], facts.get("standfirst", ""), *blocks])


if __name__ == "__main__":
    found = list(faults())
    print("\n".join(found) or "Nothing wrong.")
    raise SystemExit(bool(found))
