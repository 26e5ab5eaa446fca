"""Static files and media: right types, right ranges, nothing else."""

import os

import pytest

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def press(paper, presses):
    for name, body in {
        "state/static/base.0123abcd4567.css": b"p { margin: 0 } " * 200,
        "state/static/plain.css": b"p {}",
        "media/film.mp4": bytes(range(256)) * 4000,
        "media/picture.jpg": b"\xff\xd8picture",
        "media/evil.html": b"<script>",
        "media/evil.svg": b"<svg/>",
        "originals/secret.jpg": b"secret",
    }.items():
        file = paper.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    if not (paper.home / "media/link.jpg").is_symlink():
        os.symlink(paper.home / "originals/secret.jpg", paper.home / "media/link.jpg")
    return presses[0]


def test_a_file_named_by_its_content_is_kept_for_ever_and_sent_compressed(press):
    kept = press.get("/static/base.0123abcd4567.css", Accept_Encoding="gzip")
    checked = press.get("/static/plain.css")

    assert kept.text == "p { margin: 0 } " * 200
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert checked.headers["cache-control"] == "no-cache"
    assert press.get("/static/plain.css", If_None_Match=checked.headers["etag"]).status == 304


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("bytes=0-99", 206, "bytes 0-99/1024000"),
        ("bytes=1023990-", 206, "bytes 1023990-1023999/1024000"),
        ("bytes=-10", 206, "bytes 1023990-1023999/1024000"),
        ("bytes=0-9999999", 206, "bytes 0-1023999/1024000"),
        ("bytes=1024000-", 416, "bytes */1024000"),
        ("bytes=0-1,5-6", 200, None),
        ("lines=1-2", 200, None),
        (f"bytes={'9' * 5000}-", 200, None),
    ],
)
def test_a_film_is_sent_in_ranges(press, asked, status, says):
    whole = press.get("/media/film.mp4")

    part = press.get("/media/film.mp4", Range=asked)

    assert (part.status, part.headers.get("content-range")) == (status, says)
    if status == 206:
        first = int(says.split()[1].split("-")[0])
        assert part.body == whole.body[first : first + len(part.body)]
    assert press.get("/media/film.mp4", Range=asked, If_Range='"another"').status == 200


def test_media_can_run_nothing(press):
    assert press.get("/media/picture.jpg").headers | {"date": "", "etag": "", "last-modified": ""} == {
        "content-type": "image/jpeg",
        "content-length": "9",
        "cache-control": "public, max-age=3600",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "accept-ranges": "bytes",
        "server": "granian",
        "connection": "close",
        "date": "",
        "etag": "",
        "last-modified": "",
    }
    assert [press.get(f"/media/evil.{kind}").status for kind in ("html", "svg")] == [404, 404]


@pytest.mark.parametrize(
    "path",
    ["../newsroom.sqlite3", "..%2Foriginals/secret.jpg", "%2e%2e/originals/secret.jpg", "link.jpg", "", "a%00.jpg",
     "/etc/passwd", "//originals/secret.jpg", "..%5coriginals%5csecret.jpg", "./picture.jpg", "missing.jpg"],
)  # fmt: skip
def test_nothing_outside_the_folder_can_be_named(press, path):
    assert press.get("/media/picture.jpg").status == 200
    assert press.get(f"/media/{path}").status in (400, 404)
    assert b"secret" not in press.get(f"/media/{path}").body
