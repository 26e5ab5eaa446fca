"""No name in our markup is one that ad-blockers hide: an appeal, a support page or an account must not vanish.

What is an advert keeps its honest name and may be blocked.
"""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "masthead" / "web" / "templates"
HONEST = {"adverts"}  # folders of what may be blocked

LISTS = Path(os.environ.get("MASTHEAD_MATERIAL", "")) / "samples" / "words"

needs_lists = pytest.mark.skipif(
    "MASTHEAD_MATERIAL" not in os.environ, reason="MASTHEAD_MATERIAL names no folder with samples/words"
)


def words(name: str) -> set[str]:
    """The entries of both lists of this kind."""
    found = sorted(LISTS.glob(f"*-{name}.txt"))
    assert len(found) == 2, f"no lists of {name} in {LISTS}"
    lines = (line.strip() for path in found for line in path.read_text().splitlines())
    return {line for line in lines if line and not line.startswith("# ")}


def values_in_markup(attribute: str) -> dict[str, str]:
    """Every class or id that our templates and style sheets name, with a file where it stands."""
    found: dict[str, str] = {}
    for path in TEMPLATES.rglob("*.html"):
        if path.relative_to(TEMPLATES).parts[0] in HONEST:
            continue
        source = re.sub(r"{[%{#].*?[%}#]}", " ", path.read_text(), flags=re.DOTALL)
        for value in re.findall(rf'\b{attribute}="([^"]*)"', source):
            found |= {word: path.name for word in value.split()}
    if attribute == "class":
        for path in (ROOT / "masthead" / "web" / "static" / "css").rglob("*.css"):
            source = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", " ", path.read_text(), flags=re.DOTALL)
            found |= {word: path.name for word in re.findall(r"\.([a-zA-Z][\w-]*)", source)}
    return found


def filters() -> list[re.Pattern[str]]:
    """The lists' address filters as patterns: * any text, ^ a separator, | an end, options after $."""
    patterns = []
    for line in words("urls"):
        rule = line.rpartition("$")[0] if re.search(r"\$[a-z~,=-]+$", line) else line
        if rule.startswith(("/", "@@")) and rule.endswith("/") and len(rule) > 2 and rule.count("/") == 2:
            continue  # a regular expression of theirs
        pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\^", r"(?:[^\w.%-]|$)")
        pattern = re.sub(r"^(?:\\\|){2}", r"^https?://(?:[^/]+\\.)?", pattern)
        pattern = re.sub(r"^\\\|", "^", pattern)
        patterns.append(re.compile(re.sub(r"\\\|$", "$", pattern), re.IGNORECASE))
    return patterns


ADDRESSES = [
    "/support/?from=12&placement=end&appeal=1&amount=600&often=month",
    "/support/thanks/4k2j/",
    "/account/",
    "/account/sign-in/",
    "/account/sign-in/code/",
    "/account/devices/",
    "/account/privacy/",
    "/static/css/parts/appeal.css",
    "/static/css/parts/amounts.css",
    "/static/css/parts/button.css",
    "/static/js/choose.js",
    "/films/",
    "/search/?q=pier",
    "/feeds/all.rss",
]


@needs_lists
@pytest.mark.parametrize(("attribute", "listed"), [("class", "classes"), ("id", "ids")])
def test_no_name_of_ours_is_hidden_by_blockers(attribute, listed):
    ours, theirs = values_in_markup(attribute), words(listed)

    assert {name: where for name, where in ours.items() if name in theirs} == {}
    assert {"class": "ask", "id": "main"}[attribute] in ours


@needs_lists
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_of_ours_is_blocked(address):
    whole = f"https://www.haverness-courier.example{address}"

    assert [pattern.pattern for pattern in filters() if pattern.search(whole)] == []


@needs_lists
def test_the_filters_do_catch_what_they_are_for():
    advert = "https://www.haverness-courier.example/adserver/banner_ads/728x90.gif"

    assert any(pattern.search(advert) for pattern in filters())
