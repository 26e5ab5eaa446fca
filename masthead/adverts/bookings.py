"""Verbs of bookings: what the desk's form does, for importers, demonstrations and tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.db import transaction

from masthead.adverts import pictures
from masthead.adverts.models import Advertiser, Booking, Creative, Kind, Shape


@dataclass(frozen=True)
class Artwork:
    """A creative as it was sent: the file's bytes, its words, where it leads, which room it fills."""

    picture: bytes
    alt: str
    link: str
    shape: str = Shape.BOX


def book(
    name: str,
    artwork: Iterable[Artwork],
    *,
    starts_on: date,
    ends_on: date | None = None,
    advertiser: str = "",
    weight: int = 1,
) -> Booking:
    """Book adverts of an advertiser, by name, or of our own without one; both days are included.

    Raises ValidationError for a booking that the rules forbid, NotAPicture or TooLarge for its artwork.
    """
    made = [(art, pictures.made_anew(BytesIO(art.picture), len(art.picture))) for art in artwork]
    with transaction.atomic():
        booking = Booking(
            name=name,
            kind=Kind.DIRECT if advertiser else Kind.HOUSE,
            advertiser=Advertiser.objects.get_or_create(name=advertiser)[0] if advertiser else None,
            starts_on=starts_on,
            ends_on=ends_on,
            weight=weight,
        )
        booking.full_clean()
        booking.save()
        for art, picture in made:
            creative = Creative(booking=booking, picture=picture, alt=art.alt, link=art.link, shape=art.shape)
            creative.full_clean()
            creative.save()
    return booking
