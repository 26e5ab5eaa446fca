"""What editors do to the little paper."""

import os
import signal

from django.db import transaction

from tests.press.site.models import Piece


def publish(headline, section="politics"):
    return Piece.objects.create(headline=headline, section=section).pk


def rewrite(pk, headline):
    piece = Piece.objects.get(pk=pk)
    piece.headline = headline
    piece.save()


def move(pk, section):
    piece = Piece.objects.get(pk=pk)
    piece.section = section
    piece.save()


def unpublish(pk):
    piece = Piece.objects.get(pk=pk)
    piece.live = False
    piece.save()


def republish(pk):
    piece = Piece.objects.get(pk=pk)
    piece.live = True
    piece.save()


def delete(pk):
    Piece.objects.get(pk=pk).delete()


def unpublish_and_think_better_of_it(pk):
    """Rolled back as a whole."""
    try:
        with transaction.atomic():
            unpublish(pk)
            raise InterruptedError
    except InterruptedError:
        return


def unpublish_one_of_two(kept, gone):
    """The inner change rolled back, the outer one kept."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                unpublish(kept)
                raise InterruptedError
        except InterruptedError:
            pass
        unpublish(gone)


def unpublish_and_die(pk):
    """Killed after the commit, before anybody could be told."""
    with transaction.atomic():
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        unpublish(pk)


def die_unpublishing(pk):
    """Killed before the commit."""
    with transaction.atomic():
        unpublish(pk)
        os.kill(os.getpid(), signal.SIGKILL)
