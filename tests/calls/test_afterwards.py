"""After a call: numbers without people, and a recording for supporters alone, in chapters."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from masthead.calls import afterwards, joining, questions
from masthead.calls.afterwards import Attendance, Chapter
from masthead.calls.dates import close_past
from masthead.calls.models import Call, Question, Recording, Seat, Vote, kept_apart
from tests.worlds import readers, rooms

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),  # only the tests' client does
]
PAGE = "/calls/october/recording/"
FILM = b"\x00\x00\x00\x10ftypmp42mp42" + b"\x00\x00\x28\x08mdat" + bytes(range(256)) * 40
WORDS = b"WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nGood evening.\n"


def film(name: str = "call.mp4", content: bytes = FILM) -> ContentFile:
    return ContentFile(content, name=name)


def captions() -> ContentFile:
    return ContentFile(WORDS, name="words.vtt")


@pytest.fixture
def held(clock) -> Call:
    """A call that is over, at which Ada came and two questions were answered at 0:10 and 12:30."""
    call, ada = rooms.call(in_hours=1), rooms.supporter("Ada")
    rooms.seat(call, ada)
    rooms.seat(call, rooms.supporter("Bob"))
    asked = [questions.ask(call, ada, text=text, name="Ada") for text in ("Who owns the pier?", "The levy?", "Sport?")]
    questions.vote(asked[0], ada)
    clock.forward(hours=1, seconds=10)
    joining.enter(call, ada, rooms.device(ada))
    questions.mark_answered(asked[0], by=rooms.STAFF)
    clock.forward(minutes=12, seconds=20)
    questions.mark_answered(asked[1], by=rooms.STAFF)
    clock.forward(hours=1)
    close_past()
    Question.objects.filter(pk=asked[0].pk).update(second=10)
    Question.objects.filter(pk=asked[1].pk).update(second=750)
    call.refresh_from_db()
    return call


@pytest.fixture
def published(held) -> Call:
    """Its recording, published."""
    afterwards.keep_recording(held, film=film(), captions=captions(), seconds=3500, by=rooms.STAFF)
    afterwards.publish(held, by=rooms.STAFF)
    return held


def body(answer: Any) -> bytes:
    return b"".join(answer)


# --- numbers -------------------------------------------------------------------------------------------------


def test_who_had_a_seat_came_and_asked_is_counted(held):
    assert afterwards.attendance(held) == Attendance(reserved=2, came=1, asked=3)


def test_after_ninety_days_the_numbers_and_the_answers_stay_and_nobody_else(held, clock):
    clock.forward(days=89)
    afterwards.forget_who_came()
    assert Seat.objects.count() == 2

    clock.forward(days=2)
    afterwards.forget_who_came()
    afterwards.forget_who_came()

    held.refresh_from_db()
    assert (Seat.objects.count(), Vote.objects.count()) == (0, 0)
    assert list(Question.objects.values_list("text", "reader", "name_shown", "vote_count").order_by("second")) == [
        ("Who owns the pier?", None, "", 1),
        ("The levy?", None, "", 0),
    ]
    assert afterwards.attendance(held) == Attendance(reserved=2, came=1, asked=3)


# --- the recording, for supporters alone -----------------------------------------------------------------------


def test_a_supporter_watches_with_captions_chapters_and_links_to_seconds(published):
    browser = rooms.browser(rooms.supporter("Cleo"))

    page = browser.get(PAGE).content.decode()

    assert re.findall(r'data-second="(\d+)"', page) == ["10", "750"]
    assert "12:30" in page
    assert '<track kind="captions"' in page
    assert '<track kind="chapters"' in page
    assert "Sport?" not in page
    assert body(browser.get(f"{PAGE}film/")) == FILM
    assert browser.get(f"{PAGE}captions/").content == WORDS
    assert "00:12:30.000 --> 00:58:20.000\nThe levy?" in browser.get(f"{PAGE}chapters/").content.decode()


def test_a_chapters_link_works_without_javascript(published):
    browser = rooms.browser(rooms.supporter("Cleo"))

    assert 'recording/film/#t=750"' in browser.get(f"{PAGE}?at=750").content.decode()
    for odd in ("99999", "-1", "1e3", '"><b>', "²"):
        assert "#t=" not in browser.get(PAGE, {"at": odd}).content.decode()


@pytest.mark.parametrize("part", ["film/", "captions/", "chapters/"])
def test_nobody_else_gets_a_byte_of_it(published, part):
    stranger = readers.reader("dan@example.org")

    for browser in (rooms.browser(), rooms.browser(stranger)):
        answer = browser.get(PAGE + part)
        assert answer.status_code == 403
        assert "for supporters" in answer.content.decode()


def test_a_visitor_is_told_how_to_get_it_and_reads_no_question(published):
    page = rooms.browser().get(PAGE).content.decode()

    assert "are for supporters" in page
    assert 'href="/support/"' in page
    assert "pier" not in page
    assert "<video" not in page


def test_a_forwarded_download_link_opened_in_another_browser_shows_no_name_or_address_and_signs_nobody_in(published):
    ada = Seat.objects.get(reader__name="Ada").reader
    hers, other = rooms.browser(ada), rooms.browser()
    sources = re.findall(r'(?:src|href)="(/calls/october/[^"#]+)"', hers.get(PAGE).content.decode())
    files = {urlsplit(source).path for source in sources}
    assert {f"{PAGE}{part}" for part in ("film/", "captions/", "chapters/")} <= files
    assert {hers.get(path).status_code for path in files} == {200}

    for path in sorted({*files, PAGE, f"{PAGE}?at=10", "/calls/october/call.ics"}):
        answer = other.get(path)
        said = f"{answer.headers} {body(answer).decode()}"
        assert not any(trace in said for trace in ("Ada", ada.email, ada.reference, "Bob")), path
        assert not answer.cookies, path
        assert (answer.status_code == 403) == (path in files - {PAGE}), path
    assert other.get("/account/").status_code == 302


def test_the_plain_calendar_file_is_the_same_for_whoever_opens_it(published):
    ada = Seat.objects.get(reader__name="Ada").reader

    hers, theirs = (browser.get("/calls/october/call.ics").content for browser in (rooms.browser(ada), rooms.browser()))

    assert hers == theirs
    assert b"ATTENDEE" not in theirs


def test_when_the_support_ends_the_film_ends_at_once(published):
    cleo = rooms.supporter("Cleo")
    browser = rooms.browser(cleo)
    assert browser.get(f"{PAGE}film/", headers={"range": "bytes=0-99"}).status_code == 206

    rooms.ends_support(cleo)

    assert browser.get(f"{PAGE}film/", headers={"range": "bytes=100-199"}).status_code == 403
    assert "<video" not in browser.get(PAGE).content.decode()


def test_the_file_lies_outside_what_anyone_may_fetch(published, settings):
    lying = Recording.objects.get().file

    assert not lying.path.startswith(str(settings.MEDIA_ROOT))
    assert not (settings.MEDIA_ROOT / lying.name).exists()
    assert lying.url not in rooms.browser(rooms.supporter("Cleo")).get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("asked", "status", "said", "part"),
    [
        ("bytes=0-9", 206, f"bytes 0-9/{len(FILM)}", FILM[:10]),
        ("bytes=10-", 206, f"bytes 10-{len(FILM) - 1}/{len(FILM)}", FILM[10:]),
        ("bytes=-5", 206, f"bytes {len(FILM) - 5}-{len(FILM) - 1}/{len(FILM)}", FILM[-5:]),
        (f"bytes=0-{10**15}", 206, f"bytes 0-{len(FILM) - 1}/{len(FILM)}", FILM),
        (f"bytes={len(FILM)}-", 416, f"bytes */{len(FILM)}", b""),
        ("bytes=9-0", 416, f"bytes */{len(FILM)}", b""),
        ("bytes=0-1,5-6", 200, None, FILM),
        ("cows=0-1", 200, None, FILM),
        ("bytes=-", 200, None, FILM),
    ],
)
def test_ranges_are_answered_as_the_standard_says(published, asked, status, said, part):
    answer = rooms.browser(rooms.supporter("Cleo")).get(f"{PAGE}film/", headers={"range": asked})

    assert (answer.status_code, answer.get("Content-Range"), body(answer)) == (status, said, part)
    if status != 416:
        assert answer["Content-Length"] == str(len(part))
        assert answer["Accept-Ranges"] == "bytes"
    assert "no-store" in answer["Cache-Control"]


def test_a_range_of_a_film_that_has_changed_gets_the_new_one_whole(published):
    browser = rooms.browser(rooms.supporter("Cleo"))
    first = browser.get(f"{PAGE}film/", headers={"range": "bytes=0-9"})

    again = browser.get(f"{PAGE}film/", headers={"range": "bytes=0-9", "if-range": first["ETag"]})
    changed = browser.get(f"{PAGE}film/", headers={"range": "bytes=0-9", "if-range": '"another"'})

    assert (again.status_code, changed.status_code) == (206, 200)


def test_a_head_has_the_length_and_no_body(published):
    answer = rooms.browser(rooms.supporter("Cleo")).head(f"{PAGE}film/")

    assert (answer.status_code, answer["Content-Length"], body(answer)) == (200, str(len(FILM)), b"")


def test_what_is_not_published_or_was_taken_back_is_not_there(held):
    browser = rooms.browser(rooms.supporter("Cleo"))
    afterwards.keep_recording(held, film=film(), captions=captions(), seconds=60, by=rooms.STAFF)
    assert browser.get(PAGE).status_code == 404
    assert browser.get(f"{PAGE}film/").status_code == 404

    afterwards.publish(held, by=rooms.STAFF)
    assert browser.get(PAGE).status_code == 200
    afterwards.withdraw(held, by=rooms.STAFF)

    assert browser.get(f"{PAGE}film/").status_code == 404


def test_notes_stand_there_without_a_film_too(held):
    Call.objects.filter(pk=held.pk).update(notes="<p>We spoke of <b>the levy</b>.</p><script>alert(1)</script>")

    page = rooms.browser(rooms.supporter("Cleo")).get(PAGE).content.decode()

    assert "We spoke of <b>the levy</b>." in page
    assert "Who owns the pier?" in page
    assert "alert(1)" not in page
    assert "levy" not in rooms.browser().get(PAGE).content.decode()


def test_the_page_costs_the_same_for_one_chapter_and_for_many(published, django_assert_num_queries):
    browser = rooms.browser(rooms.supporter("Cleo"))
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        browser.get(PAGE)
    template = Question.objects.filter(second=10).get()
    Question.objects.bulk_create(
        Question(call=published, text=f"{n}?", state="answered", answered_at=template.answered_at, second=n)
        for n in range(20)
    )

    with django_assert_num_queries(len(one)):
        browser.get(PAGE)


# --- what the desk does ----------------------------------------------------------------------------------------


def test_a_file_that_is_no_film_and_captions_that_are_none_are_refused(held):
    for wrong in (
        {"film": film(content=b"<html>"), "captions": captions()},
        {"film": film(), "captions": film("x.vtt")},
    ):
        with pytest.raises(afterwards.NoFilm):
            afterwards.keep_recording(held, seconds=60, by=rooms.STAFF, **wrong)
    with pytest.raises(afterwards.NoRecording):
        afterwards.keep_recording(held, film=film(), captions=None, seconds=60, by=rooms.STAFF)
    with pytest.raises(afterwards.NoRecording):
        afterwards.publish(held, by=rooms.STAFF)
    assert Recording.objects.count() == 0


def test_another_film_takes_the_place_of_the_first_and_a_deleted_one_is_gone(
    published, django_capture_on_commit_callbacks
):
    first = Recording.objects.get().file.name

    with django_capture_on_commit_callbacks(execute=True):
        afterwards.keep_recording(published, film=film("other.webm"), captions=None, seconds=50, by=rooms.STAFF)
    second = Recording.objects.get()
    assert (kept_apart().exists(first), second.published_at is not None) == (False, True)

    with django_capture_on_commit_callbacks(execute=True):
        afterwards.delete_recording(published, by=rooms.STAFF)
    assert [kept_apart().exists(name) for name in (second.file.name, second.captions.name)] == [False, False]
    assert Question.objects.filter(second=750).exists()


def test_a_film_too_large_to_send_is_taken_from_the_folder(held):
    kept_apart().save("recordings/evening.mp4", film())
    kept_apart().save("recordings/notes.txt", film())
    assert "evening.mp4" in afterwards.lying_there()
    assert "notes.txt" not in afterwards.lying_there()

    for away in ("../evening.mp4", "nothing.mp4", "/etc/passwd"):
        with pytest.raises(afterwards.NoFilm):
            afterwards.keep_recording(held, film=away, captions=captions(), seconds=60, by=rooms.STAFF)
    afterwards.keep_recording(held, film="evening.mp4", captions=captions(), seconds=60, by=rooms.STAFF)

    assert Recording.objects.get().file.name == "recordings/evening.mp4"
    assert "evening.mp4" not in afterwards.lying_there()


def test_chapters_are_set_by_minutes_and_a_bad_one_changes_none(published):
    pier, levy = Question.objects.filter(second__isnull=False).order_by("second")

    afterwards.set_chapters(published, {pier.pk: " 1:05 ", levy.pk: ""}, by=rooms.STAFF)
    assert afterwards.chapters(published) == [Chapter(65, "Who owns the pier?")]

    for bad in ("12", "1:75", "soon", "59:00", "-1:00", "1:00:00"):
        with pytest.raises(afterwards.BadMoment):
            afterwards.set_chapters(published, {pier.pk: "0:01", levy.pk: bad}, by=rooms.STAFF)
    assert afterwards.chapters(published) == [Chapter(65, "Who owns the pier?")]


@given(st.lists(st.tuples(st.integers(0, 7200), st.text(min_size=1, max_size=40)), max_size=12), st.integers(1, 7200))
def test_a_chapters_track_is_well_formed_whatever_is_asked(asked, length):
    found = [Chapter(second, questions.in_one_line(text)) for second, text in sorted(asked)]

    track = afterwards.as_webvtt(found, length)

    times = re.findall(r"^(\d\d):(\d\d):(\d\d)\.000 --> (\d\d):(\d\d):(\d\d)\.000$", track, re.MULTILINE)
    cues = [tuple(int(a) * 3600 + int(b) * 60 + int(c) for a, b, c in (t[:3], t[3:])) for t in times]
    assert track.startswith("WEBVTT\n")
    assert track.count("-->") == len(cues)
    assert all(start < end for start, end in cues)
    assert all(one[1] <= next_one[0] for one, next_one in pairwise(cues))


@given(st.integers(0, 99 * 3600))
def test_a_moment_that_is_shown_can_be_typed_again(second):
    assert afterwards._second(afterwards.clock_face(second), None) == second
