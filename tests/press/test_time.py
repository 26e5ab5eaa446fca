"""What time changes, what a start finds, and what stays quick meanwhile."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.processes


def test_the_press_needs_no_django():
    loaded = subprocess.run(
        [sys.executable, "-c", "import masthead.press.front, masthead.press.files, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip

    foreign = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"masthead", "__main__"}
    assert foreign <= {"brotli", "_brotli", "sitecustomize", "_virtualenv"} | {n for n in foreign if n.startswith("_")}


def test_a_page_that_time_changes_ends_at_that_moment(paper, presses):
    for press in presses:
        press.get("/plain/")  # waits for Django
    moment = datetime.now(UTC) + timedelta(seconds=2)
    (paper.home / "moment").write_text(moment.isoformat())

    assert [press.get("/timed/").words for press in presses] == ["before", "before"]
    time.sleep((moment - datetime.now(UTC)).total_seconds() + 0.01)
    answers = [press.get("/timed/") for press in presses]
    assert [(answer.words, "etag" in answer.headers) for answer in answers] == [("after", True)] * 2


def test_many_who_ask_at_once_are_one_rendering(paper, presses):
    here = presses[0]
    pk = here.do("publish", headline="Asked by many")
    (paper.home / "hold").touch()
    (paper.home / "rendering").unlink(missing_ok=True)
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(here.get(f"/slow/{pk}/"))) for _ in range(20)]
    for reader in readers:
        reader.start()
    time.sleep(0.3)
    (paper.home / "rendering").unlink()
    (paper.home / "hold").unlink()
    for reader in readers:
        reader.join()

    assert {answer.words for answer in answers} == {"Asked by many"}
    assert not (paper.home / "rendering").exists()


def test_printed_pages_are_served_before_django_is_there(own_paper):
    first = own_paper.serve()
    pk = first.do("publish", headline="Here at once")
    first.get(f"/piece/{pk}/")
    own_paper.stop()

    again = own_paper.serve(SLOW_TO_IMPORT="4")
    since = time.monotonic()

    assert again.get(f"/piece/{pk}/?utm_source=letter").words == "Here at once"
    assert time.monotonic() - since < 1
    assert again.get("/plain/").status == 200
    assert time.monotonic() - since > 2


def test_printed_pages_are_served_while_the_database_is_away(own_paper):
    press = own_paper.serve()
    pk = press.do("publish", headline="Standing alone")
    press.get(f"/piece/{pk}/")
    (own_paper.home / "newsroom.sqlite3").rename(own_paper.home / "elsewhere")

    assert press.get(f"/piece/{pk}/").words == "Standing alone"


def test_a_garbled_file_is_printed_anew(own_paper):
    first = own_paper.serve()
    pk = first.do("publish", headline="Whole again")
    first.get(f"/piece/{pk}/")
    own_paper.stop()
    for file in (own_paper.home / "state/prints").glob("*/*/*"):
        file.write_bytes(file.read_bytes()[:-7])

    assert own_paper.serve().get(f"/piece/{pk}/").words == "Whole again"


def test_a_soft_change_is_seen_within_a_second_everywhere(presses):
    here, there = presses
    pk = here.do("publish", headline="First words")
    assert there.get(f"/piece/{pk}/").words == "First words"

    here.do("rewrite", pk=pk, headline="Better words")
    time.sleep(1)

    assert [press.get(f"/piece/{pk}/").words for press in presses] == ["Better words"] * 2
