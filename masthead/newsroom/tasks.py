"""What workers and the clock do for the newsroom."""

import structlog

from masthead.core.jobs import every, job
from masthead.newsroom import publishing, tallies
from masthead.newsroom.models import Picture
from masthead.newsroom.pictures import renditions

log = structlog.get_logger("masthead.newsroom")


@every(minutes=1, queue="now")
def publish_due() -> None:
    """Publish what is scheduled for now."""
    publishing.publish_due()


@job(queue="later", tries=4)
def make_sizes(picture: int) -> None:
    """Make the sizes without which a picture is not shown, as many as a task's time allows, and order the rest."""
    if found := Picture.objects.filter(pk=picture).first():
        rest = make_fine_sizes if renditions.make_some(found, renditions.QUICK) else make_sizes
        rest.enqueue(picture)


@job(queue="later", tries=4, priority=-10)
def make_fine_sizes(picture: int) -> None:
    """Make the sizes that are slow to draw, after those that a reader is waiting for, of every picture."""
    if (found := Picture.objects.filter(pk=picture).first()) and not renditions.make_some(found):
        make_fine_sizes.enqueue(picture)


@every(minutes=10)
def remove_withdrawn_pictures() -> None:
    """Delete every size of pictures to which our rights have ended; the originals stay, where nobody is served them."""
    renditions.remove_withdrawn()


@every(days=1)
def recount() -> None:
    """Every night the tallies are counted anew, page by page; what is wrong is an error in the log."""
    for key, (kept, counted) in tallies.miscounted().items():
        log.error("newsroom.tally_wrong", **key._asdict(), kept=kept, counted=counted)
