"""Films: what is taken, what an MP4 no longer tells, and that nobody guesses where a draft's film lies."""

import struct
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from masthead.newsroom import films
from masthead.newsroom.models import FilmPage
from masthead.web.demo import CONTENT
from tests.worlds.newsroom import a_film

PLACE = b"+54.0123-003.0045+012.000/"
PICTURES = bytes(range(256)) * 600  # more than one chunk of what an upload is read in


def atom(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def long_atom(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body


def handler(kind: bytes) -> bytes:
    return atom(b"hdlr", bytes(8), kind, bytes(12))


def values(*kept: tuple[bytes, bytes]) -> bytes:
    """Apple's list of keys and values."""
    keys = atom(b"keys", bytes(4), struct.pack(">I", len(kept)), *(atom(b"mdta", key) for key, _ in kept))
    items = [
        atom(struct.pack(">I", number), atom(b"data", bytes(8), value)) for number, (_, value) in enumerate(kept, 1)
    ]
    return atom(b"meta", handler(b"mdta"), keys, atom(b"ilst", *items))


def a_film_that_tells(description: bytes = b"avc1") -> bytes:
    """An MP4 as telephones make them, with its place in each way that they write it."""
    track = atom(b"trak", atom(b"mdia", atom(b"minf", atom(b"stbl", atom(b"stsd", bytes(8), atom(description))))),
                 atom(b"udta", atom(b"loci", bytes(6), PLACE)))  # fmt: skip
    apple = values((b"com.apple.quicktime.make", b"Maker"), (b"com.apple.quicktime.location.ISO6709", PLACE))
    said = atom(b"udta", atom(b"\xa9nam", b"The ferry"), atom(b"\xa9xyz", bytes(4), PLACE),
                atom(b"meta", bytes(4), handler(b"mdir"), atom(b"ilst", atom(b"\xa9xyz", PLACE))))  # fmt: skip
    xmp = atom(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), b"<exif:GPSLatitude>" + PLACE)
    return (
        atom(b"ftyp", b"mp42", bytes(8)) + long_atom(b"mdat", PICTURES) + atom(b"moov", track, said, apple) + xmp
        + long_atom(b"free", b"")
    )  # fmt: skip


def kept(sent: bytes, name: str = "ferry.mp4") -> bytes:
    """What lies in the public folder after `sent` came in."""
    film = FilmPage(title="Film")
    film.film.save(name, ContentFile(sent), save=False)
    return Path(film.film.path).read_bytes()


def test_a_film_tells_no_longer_where_it_was_shot_and_nothing_in_it_moves():
    sent = a_film_that_tells()

    held = kept(sent)

    assert (sent.count(PLACE), held.count(PLACE)) == (5, 0)
    assert len(held) == len(sent)
    assert (held.index(PICTURES), held.index(b"moov")) == (sent.index(PICTURES), sent.index(b"moov"))
    assert b"The ferry" in held
    assert b"Maker" in held
    changed = [at for at, (was, now) in enumerate(zip(sent, held, strict=True)) if was != now]
    assert changed[0] > sent.index(b"moov")
    assert films.places_in(ContentFile(held)) == []


@pytest.mark.parametrize("path", sorted((CONTENT / "films").glob("*.mp4")), ids=lambda path: path.stem)
def test_a_film_that_tells_no_place_is_kept_as_it_came(path):
    assert kept(path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("camera", [b"gpmd", b"camm"])
def test_a_film_that_tells_its_whole_way_is_refused(camera):
    with pytest.raises(ValidationError, match="says all along where the camera was"):
        films.is_a_film(ContentFile(a_film_that_tells(camera)))


def nested(times: int) -> bytes:
    film = b""
    for _ in range(times):
        film = atom(b"udta", film)
    return atom(b"ftyp", b"mp42") + atom(b"moov", film)


@pytest.mark.parametrize(
    "sent",
    [
        a_film_that_tells()[:-100],
        atom(b"ftyp", b"mp42") + struct.pack(">I4s", 4, b"moov"),
        atom(b"ftyp", b"mp42") + atom(b"moov", struct.pack(">I4s", 99, b"udta")),
        atom(b"ftyp", b"mp42") + atom(b"moov", atom(b"meta", handler(b"mdta"), atom(b"keys", bytes(8), bytes(8)))),
        nested(2000),
    ],
    ids=["cut off", "too short", "too long", "keys without length", "too deep"],
)
def test_a_damaged_film_is_refused_with_a_sentence(sent):
    with pytest.raises(ValidationError, match="This film is damaged"):
        films.is_a_film(ContentFile(sent))


@pytest.mark.django_db
def test_nobody_guesses_where_a_film_and_its_captions_lie():
    film = a_film()

    names = film.film.name, film.captions.name

    assert [Path(name).suffix for name in names] == [".mp4", ".vtt"]
    assert all(len(Path(name).stem) >= len("tide-") + 32 for name in names)
    assert not {"tide.mp4", "tide.vtt"} & {path.name for path in (Path(settings.MEDIA_ROOT) / "films").iterdir()}
