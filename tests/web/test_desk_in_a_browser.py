"""The desk, by ear and by keyboard: nothing of ours is at fault, and Wagtail's own faults are known by name.

They stand in `desk_findings.txt`, a rule and a selector a line. The file may only shrink: what is found no more has to
be taken out of it, and nothing may be put in.
"""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from masthead.web.demo import EDITOR, PASSWORD
from tests.people import Editor

pytestmark = [pytest.mark.browser, pytest.mark.processes]

KNOWN = Path(__file__).with_name("desk_findings.txt")
LISTS = ["images", "pledge", "gift", "grant", "courtesy", "tier", "payment", "transaction", "users"]
LISTS += ["snippets/appeals/appeal", "snippets/adverts/booking", "snippets/newsroom/person", "snippets/readers/reader"]


def test_axe_finds_nothing_new_on_the_desk(browser, site):
    editor = Editor(browser, site)
    editor.context.set_default_timeout(60_000)
    editor.signs_in(EDITOR, PASSWORD)
    story, front = (
        site.rows(f"SELECT MIN(page_ptr_id) FROM newsroom_{kind}")[0][0] for kind in ("storypage", "frontpage")
    )
    paths = [f"/desk/{name}/" for name in LISTS] + [f"/desk/pages/{pk}/edit/" for pk in (story, front)]

    found = {line for path in ["/desk/", *paths] for line in findings(editor, path)}

    assert found == set(KNOWN.read_text().splitlines())
    editor.leaves()


def findings(editor: Editor, path: str) -> set[str]:
    """A rule and a selector for each fault; numbers and random names in selectors are stars."""
    assert editor.opens(path).status == 200, path
    editor.page.wait_for_load_state("networkidle")
    violations = Axe().run(editor.page).response["violations"]
    lines = (f"{fault['id']} {node['target'][-1]}" for fault in violations for node in fault["nodes"])
    return {re.sub(r"placeholder-\w+", "placeholder-*", re.sub(r"-\d+\b", "-*", line)) for line in lines}
