"""Artwork that is sent: what is taken, what is refused, and that nothing of the file itself is served."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from masthead.adverts.models import Booking, Creative
from masthead.adverts.pictures import NotAPicture, TooLarge, made_anew
from masthead.core.refusals import Refusal
from tests.worlds.asks import artwork, booking


def anew(sent: bytes) -> Image.Image:
    """The picture as it would be served."""
    return Image.open(BytesIO(made_anew(BytesIO(sent), len(sent)).read()))


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 40,000 × 40,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_usual_pictures_are_made_anew_as_webp(kind):
    made = anew(artwork(kind))

    assert (made.format, made.size) == ("WEBP", (600, 500))


def test_where_a_picture_was_taken_is_not_passed_on():
    exif = Image.Exif()
    exif[0x010E] = "the chandler's back yard"
    exif.get_ifd(0x8825)[2] = (54.0, 12.0, 3.0)
    sent = artwork("JPEG", exif=exif)

    made = made_anew(BytesIO(sent), len(sent)).read()

    assert b"back yard" in sent
    assert b"back yard" not in made
    assert not Image.open(BytesIO(made)).getexif()


def test_a_picture_is_never_larger_than_it_is_shown():
    assert anew(artwork(size=(4000, 2000))).size == (1940, 970)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        artwork()[:80],
    ],
    ids=["empty", "svg", "html", "pdf", "cut off"],
)
def test_a_file_that_is_no_picture_is_refused_whatever_it_is_called(sent):
    with pytest.raises(NotAPicture, match="choose a JPEG, PNG, WebP or GIF"):
        anew(sent)


def spoiled(kind: str) -> Iterator[bytes]:
    """A small picture cut off at each byte, and with each byte of its beginning, Exif included, changed in turn."""
    exif = Image.Exif()
    exif.update({0x0112: 6, 0x010E: "the yard", 0x011A: 72.0})
    exif.get_ifd(0x8825)[2] = (54.0, 12.0, 3.0)
    sent = artwork(kind, (16, 12), **({} if kind == "GIF" else {"exif": exif.tobytes()}))
    for at in range(min(len(sent), 300)):
        yield sent[:at]
        yield from (sent[:at] + bytes([other]) + sent[at + 1 :] for other in (0, 1, 5, 255))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_damaged_picture_is_made_anew_or_refused_with_a_sentence(kind):
    taken = refused = 0

    for sent in spoiled(kind):
        try:
            made = made_anew(BytesIO(sent), len(sent))
        except Refusal:
            refused += 1
        else:
            taken += Image.open(made).format == "WEBP"

    assert refused >= 50
    assert taken >= 50


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLarge, match="Make it smaller"):
        anew(bomb())


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(TooLarge):
        made_anew(BytesIO(b""), 6_000_000)


@pytest.mark.django_db
def test_a_served_name_tells_nothing_of_the_sent_file():
    booking("Hale and Sons")

    name = Creative.objects.get().picture.name

    assert name.startswith("adverts/")
    assert name.endswith(".webp")
    assert "hale" not in name.lower()
    assert Booking.objects.get().advertiser.name == "Hale and Sons"
