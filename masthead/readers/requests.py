"""What `who_reads` adds to a request, for views to say which they take."""

from django.http import HttpRequest

from masthead.core.actors import Actor
from masthead.readers.models import Device, Reader


class Request(HttpRequest):
    """Anybody's: a visitor's, a paying device's or a reader's."""

    device: Device | None
    reader: Reader | None
    actor: Actor


class ReadersRequest(HttpRequest):
    """A signed-in reader's: behind `reader_required`."""

    device: Device
    reader: Reader
    actor: Actor
