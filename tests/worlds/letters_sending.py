"""Letters on their way: people on a list, a mail server that listens, an issue sent through the verbs of the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from masthead.core import clock, jobs
from masthead.core.actors import Actor
from masthead.letters import sending
from masthead.letters.models import Delivery, Issue, Mailing
from masthead.letters.sending import mailings
from tests.letters.servers import MailServer
from tests.worlds.letters_issues import HELEN, a_draft, words
from tests.worlds.letters_lists import WEEK, on_list
from tests.worlds.letters_returns import settings

BODY = [words("The tide came in at nine, and with it the first of the seven boats.")]


@contextmanager
def sends_through(server: MailServer, **more: Any) -> Iterator[None]:
    """Letters go to this mail server until the end of the block."""
    with settings(mail=server.address, mail_from="letters@masthead.example", letters_patience=1, **more):
        yield


def readers(count: int, *, domain: str = "example.org") -> list[str]:
    """So many people on the week's list; gives their addresses."""
    found = [f"reader-{number}@{domain}" for number in range(count)]
    for address in found:
        on_list(address)
    return found


def a_letter(*, of: str = WEEK, body: Any = BODY, **fields: Any) -> Issue:
    """An issue that is ready to go."""
    return a_draft(body, of=of, **{"subject": "Seven boats", "headline": "Seven boats", **fields})


def sent(issue: Issue | None = None, by: Actor = HELEN) -> Mailing:
    """A mailing, with all done that can be done now."""
    mailing = sending.send(issue or a_letter(), by)
    jobs.run_all()
    return fresh(mailing)


def fresh(mailing: Mailing) -> Mailing:
    """As it is in the database now."""
    return Mailing.objects.select_related("issue__list").get(pk=mailing.pk)


def states(mailing: Mailing) -> dict[str, str]:
    """What became of each copy, by reader's address."""
    return dict(Delivery.objects.filter(mailing=mailing).values_list("reader__email", "state"))


def tick() -> None:
    """The clock's rule of sending runs, and all that follows is done."""
    mailings.keep_going()
    jobs.run_all()


def now() -> Any:
    """This moment."""
    return clock.now()
