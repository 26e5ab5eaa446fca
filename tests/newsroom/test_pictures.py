"""Pictures: what may come in, what is read from the file, what each size keeps and loses, how long we may show it."""

import contextlib
import json
import os
import shutil
import struct
import subprocess
import zlib
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.newsroom import pictures, publishing, stories, tasks
from masthead.newsroom.pictures import intake, metadata, renditions
from masthead.press import recording
from masthead.press.models import Change
from tests.worlds.newsroom import a_file, a_picture, a_story

pytestmark = pytest.mark.django_db


def iim(**texts):
    """An APP13 segment with datasets of record 2, in UTF-8, as agencies write them."""
    numbers = {name: number for number, name in metadata.IIM_NAMES.items()}
    blob = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for name, text in texts.items():
        blob += b"\x1c\x02" + bytes([numbers[name]]) + struct.pack(">H", len(text.encode())) + text.encode()
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(blob)) + blob + b"\x00" * (len(blob) % 2)
    body = b"Photoshop 3.0\x00" + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def a_photograph(segment=b"", **options):
    """A JPEG with this segment behind its beginning."""
    plain = a_file(**options).read()
    return ContentFile(plain[:2] + segment + plain[2:], name="pier.jpg")


def with_place():
    """Exif as a camera writes it: artist, and the place."""
    exif = Image.Exif()
    exif[0x013B] = "Paul Carmona"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 22.0, 1.0), 3: "W", 4: (4.0, 8.0, 1.0)})
    return exif


# --- What may come in --------------------------------------------------------------------------------------


def a_bomb():
    """A PNG of 30,000 by 30,000 pixels in a few bytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bomb.png", a_bomb(), "million pixels|far too many"),
        ("note.jpg", b"just words, and no picture at all", "This file is no picture that can be shown"),
        ("drawing.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is an SVG drawing"),
        ("drawing.svg", b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "This is an SVG drawing"),
        ("img_1.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, "This is a HEIC file.*Then add the JPEG"),
        ("program.png", b"MZ" + b"\0" * 400, "This file is no picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(name, content, sentence):
    with pytest.raises(intake.PictureRefused, match=sentence):
        pictures.take(ContentFile(content, name=name), title="x")

    assert not pictures.Picture.objects.exists()


def test_a_file_that_is_not_what_its_name_says_is_refused():
    with pytest.raises(intake.OtherName, match=r"called \.png, but it is a JPEG picture"):
        pictures.take(a_file("pier.png", kind="JPEG"), title="x")


def test_a_picture_cut_off_in_the_middle_is_refused():
    whole = a_file(kind="PNG", name="pier.png").read()

    with pytest.raises(intake.IsDamaged):
        pictures.take(ContentFile(whole[: len(whole) // 2], name="pier.png"), title="x")


@pytest.mark.parametrize("kind", ["GIF", "AVIF", "JPEG", "PNG", "WEBP"])
def test_a_picture_cut_off_anywhere_is_refused_or_taken_and_is_no_error(kind):
    held = BytesIO()
    frames = {"save_all": True, "append_images": [Image.new("RGB", (40, 30), "red")]} if kind == "GIF" else {}
    Image.effect_noise((40, 30), 50).convert("RGB").save(held, kind, **frames)
    whole = held.getvalue()

    for length in range(1, len(whole), max(1, len(whole) // 80)):
        with contextlib.suppress(intake.PictureRefused):
            intake.inspect(ContentFile(whole[:length], name=f"a.{intake.TAKEN[kind][0]}"))
        metadata.read(ContentFile(whole[:length], name="a"))


def test_two_holders_of_a_copyright_are_told_without_the_nul_between_them():
    exif = Image.Exif()
    exif[0x8298] = "Ann Lee\x00The Courier\x00"

    assert metadata.read(a_file(exif=exif.tobytes())).copyright == "Ann Lee The Courier"


def test_a_file_that_is_too_heavy_is_refused(settings):
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 1_000

    with pytest.raises(intake.TooHeavy, match="at most 1000"):
        pictures.take(a_file(), title="x")


@pytest.mark.parametrize(
    ("kind", "suffix"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "gif")]
)
def test_what_browsers_show_is_taken(kind, suffix):
    picture = pictures.take(a_file(f"pier.{suffix}", kind=kind), title="Pier")

    assert (picture.width, picture.height) == (900, 600)


def test_originals_lie_outside_what_anyone_may_fetch():
    picture = a_picture()

    assert Path(picture.file.path).is_relative_to(settings.CONFIG.originals)
    assert not settings.CONFIG.originals.is_relative_to(settings.CONFIG.media)


# --- What stands in the file -------------------------------------------------------------------------------


def test_iptc_fills_the_fields_for_the_editor_to_confirm():
    segment = iim(
        description="The pier at dusk", creator="Paul Carmona", credit="Reuters", copyright="© Reuters", source="PA"
    )

    picture = pictures.take(a_photograph(segment), title="Pier")

    assert (picture.caption, picture.credit, picture.copyright, picture.source, picture.confirmed) == (
        "The pier at dusk", "Paul Carmona / Reuters", "© Reuters", "PA", False,
    )  # fmt: skip
    assert picture.found["iptc"]["credit"] == "Reuters"


def test_xmp_is_believed_before_iptc():
    source = pictures.Picture(
        credit_who="Ann Lee", credit_agency="PA", caption="New words", alt="A pier", rights_page="https://example.org/r"
    )
    packet = metadata.packet_for(source)
    photograph = a_photograph(iim(description="Old words", title="The title"), xmp=packet)

    found = metadata.read(photograph)

    assert (found.caption, found.credit_who, found.credit_agency, found.alt, found.rights_page, found.headline) == (
        "New words", "Ann Lee", "PA", "A pier", "https://example.org/r", "The title",
    )  # fmt: skip


def test_what_an_editor_has_written_is_not_overwritten():
    picture = pictures.take(a_photograph(iim(description="From the file")), title="Pier", caption="Ours")

    assert picture.caption == "Ours"


@pytest.mark.parametrize(
    ("creator", "line", "who", "agency"),
    [
        ("Ann Lee", "Reuters", "Ann Lee", "Reuters"),
        ("Ann Lee", "Ann Lee/Reuters", "Ann Lee", "Reuters"),
        ("", "Ann Lee / Reuters / PA Media", "Ann Lee", "Reuters / PA Media"),
        ("Ann Lee", "AP via PA Media", "Ann Lee", "AP / PA Media"),
        ("", "Reuters", "", "Reuters"),
        ("Ann Lee", "", "Ann Lee", ""),
    ],
)
def test_a_credit_line_is_a_person_and_a_chain(creator, line, who, agency):
    found = metadata.read(a_photograph(iim(creator=creator, credit=line)))

    assert (found.credit_who, found.credit_agency) == (who, agency)


@pytest.mark.parametrize(
    "xmp",
    [
        b"<not xml",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<x xmlns="adobe:ns:meta/"/>',
        b"\x00\xff\xfe",
    ],
)
def test_broken_or_hostile_metadata_is_passed_over(xmp):
    assert metadata.read(a_file(xmp=xmp)) == metadata.Found()


def test_html_in_a_caption_stays_words():
    picture = pictures.take(a_photograph(iim(description="<script>alert(1)</script>")), title="Pier")

    assert picture.caption == "<script>alert(1)</script>"
    assert b"&lt;script&gt;" in metadata.packet_for(picture)


@pytest.mark.skipif("MASTHEAD_MATERIAL" not in os.environ, reason="needs the IPTC reference picture")
def test_the_reference_picture_of_the_iptc_is_read_as_its_makers_read_it():
    folder = Path(os.environ["MASTHEAD_MATERIAL"]) / "specs/iptc"
    said = json.loads((folder / "IPTC-PhotometadataRef-Std2021.1.exiftool.json").read_text())
    said = said[0] if isinstance(said, list) else said

    with (folder / "IPTC-PhotometadataRef-Std2021.1.jpg").open("rb") as file:
        found = metadata.read(file)

    assert (found.raw["iptc"]["description"], found.raw["iptc"]["creator"], found.raw["iptc"]["credit"]) == (
        said["IPTC:Caption-Abstract"], said["IPTC:By-line"], said["IPTC:Credit"],
    )  # fmt: skip
    assert (found.caption, found.credit_who, found.credit_agency, found.copyright, found.source) == (
        said["XMP-dc:Description"], said["XMP-dc:Creator"][0], said["XMP-photoshop:Credit"],
        said["XMP-dc:Rights"], said["XMP-photoshop:Source"],
    )  # fmt: skip
    assert found.alt == said["XMP-iptcCore:AltTextAccessibility"]


# --- Sizes -------------------------------------------------------------------------------------------------


def files_of(picture):
    return {row.filter_spec.split("|")[1]: Path(row.file.path) for row in picture.renditions.all()}


def test_sizes_are_made_by_a_task_and_a_page_shows_what_exists():
    picture = a_picture()
    before = pictures.picture_sources(picture)

    jobs.run_all()

    sources = pictures.picture_sources(picture)
    assert before is None
    assert list(sources["srcset"]) == ["image/avif", "image/webp", "image/jpeg"]
    assert [part.split()[-1] for part in sources["srcset"]["image/webp"].split(", ")] == ["480w", "800w", "900w"]
    assert (sources["width"], sources["height"]) == (900, 600)


def test_a_small_picture_is_not_made_larger():
    assert pictures.picture_sources(a_picture(size=(300, 200), made=True))["width"] == 300


def test_each_size_keeps_the_credit_and_loses_the_place():
    photograph = a_file(exif=with_place())
    assert Image.open(photograph).getexif().get_ifd(0x8825)
    picture = pictures.take(photograph, title="Pier", alt="A pier", credit_agency="Unsplash", confirmed=True)

    jobs.run_all()

    for kind, path in files_of(picture).items():
        with Image.open(path) as made, path.open("rb") as file:
            assert not made.getexif(), kind
            found = metadata.read(file)
        assert (found.credit_who, found.credit_agency, found.alt) == ("Paul Carmona", "Unsplash", "A pier"), kind


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_the_credit_and_no_place():
    picture = pictures.take(
        a_file(exif=with_place()), title="Pier", alt="A pier", credit_agency="Unsplash", confirmed=True
    )
    jobs.run_all()

    for path in files_of(picture).values():
        said = json.loads(subprocess.run(["exiftool", "-j", "-G1", str(path)], capture_output=True, check=True).stdout)[
            0
        ]
        assert (said["XMP-dc:Creator"], said["XMP-photoshop:Credit"]) == ("Paul Carmona", "Paul Carmona / Unsplash")
        assert not [name for name in said if "GPS" in name]


def test_another_credit_is_written_into_every_size_anew():
    picture = a_picture(made=True)
    old = files_of(picture)

    picture.credit_who = "Ann Lee"
    picture.save()
    jobs.run_all()

    for kind, path in files_of(picture).items():
        with path.open("rb") as file:
            assert metadata.read(file).credit_who == "Ann Lee", kind
        assert old[kind].exists(), "pages that browsers still hold ask for the old file"


def test_making_sizes_twice_makes_them_once():
    picture = a_picture(made=True)
    made = set(picture.renditions.values_list("pk", flat=True))

    assert renditions.make_some(picture)
    assert set(picture.renditions.values_list("pk", flat=True)) == made


def test_pages_are_told_when_a_pictures_sizes_are_there():
    picture = a_picture()
    Change.objects.all().delete()

    jobs.run_all()

    assert [f"picture:{picture.pk}"] in [change.parts for change in Change.objects.all()]


def test_a_picture_of_print_colours_and_one_with_a_clear_ground_are_drawn():
    for mode, kind, name in (("CMYK", "JPEG", "print.jpg"), ("RGBA", "PNG", "clear.png"), ("P", "GIF", "few.gif")):
        file = BytesIO()
        Image.open(a_file()).convert(mode).save(file, kind)
        picture = pictures.take(ContentFile(file.getvalue(), name=name), title=name)
        while not renditions.make_some(picture):
            pass

        assert len(pictures.picture_sources(picture)["srcset"]) == 3


# --- Rights ------------------------------------------------------------------------------------------------


def test_a_print_with_a_picture_ends_when_our_rights_do(clock):
    last_day = clock.today() + timedelta(days=3)
    picture = a_picture(made=True, rights_end=last_day)

    with recording.record() as noted:
        shown = pictures.picture_sources(picture)
    clock.forward(days=4)

    assert shown is not None
    assert noted.ends_at == the_clock.start_of(last_day + timedelta(days=1)).timestamp()
    assert f"picture:{picture.pk}" in noted.parts
    assert pictures.picture_sources(picture) is None


def test_ending_our_rights_at_once_is_a_pull(clock):
    picture = a_picture()
    Change.objects.all().delete()

    picture.rights_end = clock.today() - timedelta(days=1)
    picture.save()

    assert [(change.parts, change.pull) for change in Change.objects.all()] == [([f"picture:{picture.pk}"], True)]


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What is done after a commit is done within this."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def test_when_our_rights_end_nothing_of_a_picture_lies_in_public_until_they_are_extended(clock, committed):
    picture = a_picture(made=True, rights_end=clock.today() + timedelta(days=3))
    other = a_picture("Other", made=True)
    older = list(files_of(picture).values())
    picture.credit_who = "Ann Lee"
    picture.save()
    jobs.run_all()
    lying = [*older, *files_of(picture).values()]

    tasks.remove_withdrawn_pictures()
    before = [path.exists() for path in lying]
    clock.forward(days=4)
    with committed():
        tasks.remove_withdrawn_pictures()
    after = [path.exists() for path in (*lying, *files_of(other).values(), Path(picture.file.path))]
    picture.save()
    jobs.run_all()
    unmade = picture.renditions.count()
    picture.rights_end = None
    picture.save()
    jobs.run_all()

    assert all(before)
    assert after == [False] * len(lying) + [True] * 4
    assert unmade == 0
    assert pictures.picture_sources(picture) is not None


def test_ending_our_rights_at_once_takes_the_files_away_at_once(clock, committed):
    picture = a_picture(made=True)
    lying = list(files_of(picture).values())

    with committed():
        picture.rights_end = clock.today() - timedelta(days=1)
        picture.save()

    assert not any(path.exists() for path in lying)


def test_a_takedown_letter_is_answered_by_one_look():
    picture = a_picture()
    story = a_story(lead_picture=picture)
    jobs.run_all()

    assert [page.pk for page in stories.pages_using(picture)] == [story.pk]


def test_a_picture_that_is_used_cannot_be_deleted_by_mistake():
    from django.db.models import ProtectedError

    picture = a_picture()
    publishing.publish(a_story(lead_picture=picture))

    with pytest.raises(ProtectedError):
        picture.delete()
