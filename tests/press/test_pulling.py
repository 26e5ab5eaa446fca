"""What is pulled is gone on the next request, from every process, whatever happened meanwhile."""

import signal
import threading

import pytest

pytestmark = pytest.mark.processes


def test_an_unpublished_piece_is_gone_from_every_process(presses):
    here, there = presses
    pk = here.do("publish", headline="The pier is sold")
    tags = [press.get(f"/piece/{pk}/").headers["etag"] for press in presses]

    here.do("unpublish", pk=pk)

    assert [press.get(f"/piece/{pk}/").status for press in presses] == [404, 404]
    assert [press.get(f"/piece/{pk}/", If_None_Match=tag).status for press, tag in zip(presses, tags, strict=True)] == [
        404,
        404,
    ]
    assert "The pier is sold" not in there.get("/").text


def test_readers_who_never_stop_asking_never_meet_it_after_the_commit(presses):
    here, _ = presses
    for _ in range(5):
        pk = here.do("publish", headline="Never stop asking")
        committed, wrong, stop = threading.Event(), [], threading.Event()

        def read(press, pk=pk, committed=committed, wrong=wrong, stop=stop):
            while not stop.is_set():
                was_committed = committed.is_set()
                answer = press.get(f"/piece/{pk}/")
                if was_committed and answer.status != 404:
                    wrong.append(answer)

        readers = [threading.Thread(target=read, args=(press,)) for press in presses for _ in range(2)]
        for reader in readers:
            reader.start()
        here.do("unpublish", pk=pk)
        committed.set()
        assert [press.get(f"/piece/{pk}/").status for press in presses] == [404, 404]
        stop.set()
        for reader in readers:
            reader.join()

        assert wrong == []


def test_a_writer_killed_between_commit_and_ring_pulls_all_the_same(paper, presses):
    pk = presses[0].do("publish", headline="Killed in between")
    tags = [press.get(f"/piece/{pk}/").headers["etag"] for press in presses]

    paper.run("unpublish_and_die", expect=-signal.SIGKILL, pk=pk)

    assert [press.get(f"/piece/{pk}/", If_None_Match=tag).status for press, tag in zip(presses, tags, strict=True)] == [
        404,
        404,
    ]


def test_a_writer_killed_before_its_commit_changes_nothing(paper, presses):
    pk = presses[0].do("publish", headline="Still standing")
    before = [press.get(f"/piece/{pk}/").words for press in presses]

    paper.run("die_unpublishing", expect=-signal.SIGKILL, pk=pk)

    assert [press.get(f"/piece/{pk}/").words for press in presses] == before == ["Still standing"] * 2


def test_what_is_rolled_back_stays(presses):
    here, there = presses
    kept, gone = here.do("publish", headline="Kept"), here.do("publish", headline="Gone")
    here.do("unpublish_and_think_better_of_it", pk=kept)
    here.do("unpublish_one_of_two", kept=kept, gone=gone)

    assert [there.get(f"/piece/{pk}/").status for pk in (kept, gone)] == [200, 404]


def test_a_rendering_begun_before_the_pull_is_neither_kept_nor_answered(paper, presses):
    here, there = presses
    pk = here.do("publish", headline="Read before, told after")
    (paper.home / "hold").touch()
    answers = []
    reader = threading.Thread(target=lambda: answers.append(here.get(f"/slow/{pk}/")))
    reader.start()
    while not (paper.home / "rendering").exists():
        pass

    there.do("unpublish", pk=pk)
    (paper.home / "hold").unlink()
    reader.join()

    assert [answer.status for answer in answers] == [404]
    assert [press.get(f"/slow/{pk}/").status for press in presses] == [404, 404]


def test_a_restart_finds_the_good_pages_and_not_the_pulled_ones(own_paper):
    first = own_paper.serve()
    pulled, kept = first.do("publish", headline="Pulled while away"), first.do("publish", headline="Kept while away")
    for pk in (pulled, kept):
        first.get(f"/piece/{pk}/")
    own_paper.stop()
    own_paper.run("unpublish_and_die", expect=-signal.SIGKILL, pk=pulled)

    again = own_paper.serve()

    assert again.get(f"/piece/{kept}/").words == "Kept while away"
    assert again.get(f"/piece/{pulled}/").status == 404
