"""Appeals and adverts, made through the desk's own rules."""

from io import BytesIO
from typing import Any

from PIL import Image

from masthead.adverts import bookings
from masthead.adverts.models import Booking, Shape
from masthead.appeals.models import Appeal
from masthead.core import clock


def appeal(name: str = "Autumn", **fields: Any) -> Appeal:
    """An appeal that stands everywhere from now on."""
    made = Appeal(
        **{
            "name": name,
            "headline": "A town this size is not meant to have a newsroom",
            "why": "<p>We do this for the people who will walk on that pier.</p>",
            "signed": "Helen Marwood, editor-in-chief",
            "money": "Of every pound, most pays the people who report.",
            "aims": "A reporter at every council meeting\nReports that take months",
            **fields,
        }
    )
    made.full_clean()
    made.save()
    return made


def artwork(kind: str = "PNG", size: tuple[int, int] = (600, 500), **more: Any) -> bytes:
    """The bytes of a picture."""
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, kind, **more)
    return made.getvalue()


def booking(name: str = "Hale and Sons", *, creatives: int = 1, shape: str = Shape.BOX, **fields: Any) -> Booking:
    """A booking of an advertiser of the same name, that runs from today on."""
    link = f"https://{name.lower().replace(' ', '-')}.example/"
    art = [bookings.Artwork(artwork(), f"{name}, {number + 1}", link, shape) for number in range(creatives)]
    return bookings.book(name, art, **{"starts_on": clock.today(), "advertiser": name, **fields})
