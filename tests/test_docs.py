"""Documents that can't go stale: what the code has stands in them, and what stands in them exists."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve

from masthead.web import workers
from tools import reference

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "LICENSES/README.md", *ROOT.glob("docs/**/*.md")])
PROSE = [page for page in PAGES if page.parent.name != "reference"]


@pytest.fixture(scope="module", autouse=True)
def all_rooms_loaded():
    """Rules, jobs and audit actions of every room are known."""
    workers.prepare()


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_reference_page_is_as_the_code_says(name):
    assert (reference.SHELF / name).read_text() == reference.PAGES[name](), "run `make docs`"


def test_every_reference_page_is_written_from_the_code():
    assert {page.name for page in reference.SHELF.glob("*.md")} == set(reference.PAGES)


def test_every_hook_in_the_markup_is_explained_and_every_explained_hook_is_there():
    assert reference.hooks_in_use() == set(reference.HOOKS)


def test_every_signal_says_what_is_told_with_it():
    assert [name for _, name, told in reference.signals() if not told] == []


def test_every_table_that_holds_something_of_people_says_for_how_long():
    told = set(reference.kept())

    assert reference.holds_people() <= told
    assert told <= {model._meta.label for model in apps.get_models()}


def test_whatever_gives_a_browser_something_to_keep_is_in_the_table():
    assert {where for where, *_ in reference.stored_in_browsers()} == reference.storing_in_browsers()


@pytest.mark.parametrize("path", reference.PATHS)
def test_a_public_path_is_an_address(path):
    here = re.sub(r"<\w+>", "practice", path.partition("?")[0])

    assert resolve(here)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    inside = [link for link in links if "://" not in link]

    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_page_is_in_the_table_of_contents():
    contents = (ROOT / "docs/README.md").read_text()
    shelves = [page for page in ROOT.glob("docs/*/*.md")]

    assert [page.name for page in shelves if str(page.relative_to(ROOT / "docs")) not in contents] == []


def test_the_readme_names_two_commands_to_set_up():
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)

    assert [block.strip() for block in blocks] == ["make demo", "make test"]


def test_every_command_in_the_guides_is_understood():
    code = [part for page in PROSE for part in re.findall(r"```.*?```|`[^`\n]+`", page.read_text(), re.DOTALL)]
    command = r"(?<![/\w])masthead (?:--home \S+ )?([a-z]+(?:-[a-z]+)*)\b"
    shown = {word for part in code for word in re.findall(command, part)}

    assert {"new", "serve", "check", "backup", "restore", "manage"} <= shown
    assert shown <= set(reference.commands())


def test_make_has_every_target_that_the_documents_name():
    makefile = (ROOT / "Makefile").read_text()
    named = {target for page in PAGES for target in re.findall(r"`(?:PORT=\d+ )?make ([a-z-]+)`", page.read_text())}

    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_package_that_runs_has_its_line():
    from tests.test_locks import RUN

    page = (ROOT / "docs/explanation/dependencies.md").read_text()
    names = [re.match(r"[a-z0-9.-]+", each)[0] for each in RUN]

    assert [name for name in names if f"| {name} |" not in page] == []


@pytest.mark.django_db
def test_neither_mailbox_nor_clock_exists_outside_a_demonstration():
    found = {path: Client().get(path).status_code for path in ("/demo/mail/", "/demo/clock/")}

    assert found == {"/demo/mail/": 404, "/demo/clock/": 404}


def test_an_unknown_path_is_no_address():
    with pytest.raises(Resolver404):
        resolve("/no/such/thing/at/all/here/")
