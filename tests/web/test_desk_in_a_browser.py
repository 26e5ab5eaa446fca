"""The desk, by ear and by keyboard: nothing is at fault on any page that is ours, or that we add to."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from masthead.web.demo import EDITOR, PASSWORD
from tests.desk_pages import LISTS, desk_pages
from tests.people import Editor

pytestmark = [pytest.mark.browser, pytest.mark.processes]

IN_THE_DARK = ("home", "sending", "host")


def test_axe_finds_nothing_on_the_desk(browser, site):
    editor = Editor(browser, site)
    editor.context.set_default_timeout(60_000)
    editor.signs_in(EDITOR, PASSWORD)

    pages = desk_pages(site)

    found = {name: faults for name, path in pages.items() if (faults := findings(editor, name, path))}

    editor.page.emulate_media(color_scheme="dark")
    dark = {name: faults for name in IN_THE_DARK if (faults := findings(editor, name, pages[name]))}

    assert (found, dark) == ({}, {})
    editor.leaves()


def findings(editor: Editor, name: str, path: str) -> set[str]:
    """A rule and a selector for each fault."""
    assert editor.opens(path).status == 200, path
    if name not in LISTS:
        editor.page.wait_for_load_state("networkidle")  # editors build themselves
    return violations_on(editor.page)


def violations_on(page: Page) -> set[str]:
    """A rule and a selector for each fault of the page that is open."""
    violations = Axe().run(page).response["violations"]
    return {f"{fault['id']} {node['target'][-1]}" for fault in violations for node in fault["nodes"]}
