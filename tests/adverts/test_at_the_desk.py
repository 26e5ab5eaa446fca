"""Bookings made at the desk, with their artwork."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from masthead.adverts.models import Advertiser, Booking, Creative
from masthead.core import clock
from tests.worlds.asks import artwork, booking
from tests.worlds.desk import Desk

pytestmark = pytest.mark.django_db

ADD = "/desk/snippets/adverts/booking/add/"


@pytest.fixture
def editor() -> Desk:
    """A browser of one of the Editors."""
    return Desk("Editors")


def typed(picture: SimpleUploadedFile, **fields: str) -> dict[str, object]:
    """The form as an editor sends it, with one creative."""
    hale, _ = Advertiser.objects.get_or_create(name="Hale and Sons")
    return {
        "name": "Hale, autumn", "kind": "direct", "advertiser": hale.pk, "live": "on", "weight": "2",
        "starts_on": clock.today().isoformat(), "ends_on": "",
        "creatives-TOTAL_FORMS": "1", "creatives-INITIAL_FORMS": "0", "creatives-MIN_NUM_FORMS": "1",
        "creatives-MAX_NUM_FORMS": "1000", "creatives-0-shape": "box", "creatives-0-picture": picture,
        "creatives-0-alt": "Hale and Sons, chandlers", "creatives-0-link": "https://hale.example/",
        "creatives-0-ORDER": "1", "creatives-0-DELETE": "", **fields,
    }  # fmt: skip


def test_the_list_of_bookings_costs_the_same_however_long_it_is(editor):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            editor.get("/desk/snippets/adverts/booking/")
        return len(made)

    booking(advertiser="Hale and Sons")
    queries()
    short = queries()
    booking(advertiser="Osgood")
    booking(advertiser="Pym")

    assert queries() == short


def test_an_editor_books_an_advert_and_its_picture_is_made_anew(editor):
    answer = editor.post(ADD, typed(SimpleUploadedFile("hale.png", artwork(), "image/png")))

    assert answer.status_code == 302
    creative = Creative.objects.get()
    assert (creative.booking.name, creative.width, creative.height) == ("Hale, autumn", 600, 500)
    assert Image.open(creative.picture.path).format == "WEBP"


@pytest.mark.parametrize(
    ("sent", "fields", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", {}, "This file is not a picture"),
        (artwork(), {"creatives-0-link": "javascript:alert(1)"}, "Enter a valid URL"),
        (artwork(), {"creatives-0-link": "ftp://hale.example/"}, "has to begin with https://"),
        (artwork(), {"creatives-0-alt": ""}, "This field is required"),
        (artwork(), {"advertiser": ""}, "Name the advertiser of a booked advert"),
        (artwork(), {"ends_on": "2020-01-01"}, "The last day has to be the first day, or after it"),
    ],
)
def test_what_cannot_be_booked_is_refused_in_words(editor, sent, fields, says):
    answer = editor.post(ADD, typed(SimpleUploadedFile("hale.png", sent, "image/png"), **fields))

    assert says in answer.content.decode()
    assert not Booking.objects.exists()


def test_the_list_is_searched_filtered_and_exported(editor):
    booking("Hale and Sons")
    lamp = booking("The Lamp Room")
    lamp.live = False
    lamp.save()

    found = editor.get("/desk/snippets/adverts/booking/?q=lamp").content.decode()
    running = editor.get("/desk/snippets/adverts/booking/?live=true").content.decode()
    exported = editor.get("/desk/snippets/adverts/booking/?export=csv")
    lines = b"".join(exported.streaming_content).decode().splitlines()

    rows = [f"/booking/edit/{row.pk}/" for row in Booking.objects.order_by("pk")]
    assert [row in found for row in rows] == [False, True]
    assert [row in running for row in rows] == [True, False]
    assert len(lines) == 3


def test_the_desk_says_what_is_booked_and_shown_nowhere_when_it_is_saved_and_on_its_first_page(editor):
    assert "shown nowhere" not in editor.get("/desk/").content.decode()
    booking("Many", creatives=12, weight=9)

    saved = editor.post(ADD, typed(SimpleUploadedFile("hale.png", artwork(), "image/png")), follow=True)
    first_page = editor.get("/desk/").content.decode()

    assert "there is no room for: Hale, autumn. At most 12 boxes and 8 wide adverts" in saved.content.decode()
    assert re.findall(r"/booking/edit/(\d+)/", first_page) == [str(Booking.objects.get(name="Hale, autumn").pk)]
    assert "Adverts that are shown nowhere" in first_page
