"""How calls are told in words: days and hours in the newsroom's zone."""

from datetime import datetime

from django.utils.formats import date_format

from masthead.calls.models import Call
from masthead.core import clock


def day(moment: datetime) -> str:
    """Thursday 7 January 2027."""
    return date_format(moment.astimezone(clock.zone()), "l j F Y")


def short_day(moment: datetime) -> str:
    """7 January."""
    return date_format(moment.astimezone(clock.zone()), "j F")


def hour(moment: datetime) -> str:
    """19.00."""
    return date_format(moment.astimezone(clock.zone()), "H.i")


def when(call: Call) -> str:
    """Thursday 7 January 2027, 19.00 to 20.00."""
    return f"{day(call.starts_at)}, {hour(call.starts_at)} to {hour(call.ends_at)}"


def zone() -> str:
    """Whose time that is: 'London time'; 'UTC' where the newsroom lives in none."""
    key = clock.zone().key
    return f"{key.rpartition('/')[2].replace('_', ' ')} time" if "/" in key else key
