"""People on lists, built through the verbs that pages and jobs use."""

import re
from typing import Any
from urllib.parse import urlsplit

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.letters import subscribing
from masthead.letters.models import LetterList
from masthead.membership import grants, reasons
from masthead.membership.models import THANKED, Reason
from masthead.readers.models import Reader
from tests.worlds.readers import mail_to, reader

WEEK, BEHIND = "the-week", "behind-the-scenes"
LINK = re.compile(r"http\S+/letters/confirm/(\S+)/")


def the(slug: str) -> LetterList:
    """The list of this address."""
    return LetterList.objects.get(slug=slug)


def asks_for(email: str, *slugs: str, page: str = "/") -> str:
    """Types an address into the form; gives the token of the link that came, or nothing where none came."""
    before = len(mail_to(email))
    subscribing.sign_up(email, lists=slugs or [WEEK], words="sign-up-1", page=page, network="192.0.2.1")
    return token_sent_to(email) if len(mail_to(email)) > before else ""


def token_sent_to(email: str) -> str:
    """The token of the newest confirmation that was sent to an address."""
    found = LINK.search(mail_to(email)[-1].text)
    assert found, "the message has no link"
    return found[1]


def on_list(email: str, slug: str = WEEK) -> Reader:
    """Somebody who asked for a free list and confirmed it."""
    who = reader(email)
    subscribing.join(who, the(slug))
    return who


def supporter(email: str = "sue@example.org") -> Reader:
    """Somebody with a live grant of every benefit: a courtesy of the newsroom."""
    until = clock.add_months(clock.today(), 6)
    reasons.give_courtesy(email=email, until=until, why="a friend", by=Actor.system("test"))
    return reader(email)


def thanked(who: Reader) -> Reader:
    """Somebody who gave once, or less than a membership costs: no appeals for a while, and no benefit."""
    spans = {THANKED: grants.Span(until_at=clock.now() + clock.days(90))}
    grants.agree(Reason.GIFT, f"gift of {who.pk}", holders=[who], spans=spans)
    return who


def lists_of(who: Reader) -> set[str]:
    """The addresses of the lists whose letters somebody gets now."""
    return {choice.list.slug for choice in subscribing.choices_for(who) if choice.on}


def path_of(address: str) -> str:
    """The path of a whole address of ours."""
    return urlsplit(address).path


def words_of(response: Any) -> str:
    """What the page says in its main part, without its markup."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
