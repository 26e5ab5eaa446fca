"""A process of its own in which many confirm, leave and come back in the same moment; prints what became of it.

Threads with connections of their own meet at a barrier, on a database that is really committed to.
"""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import django

AT_ONCE = 8


def together(*acts: Callable[[], object]) -> list[str]:
    """Do these acts at the same moment; gives what each answered, or the error that it ended with."""
    from django.db import connection

    ready = threading.Barrier(len(acts))

    def act(deed: Callable[[], object]) -> str:
        ready.wait()
        try:
            return str(deed())
        except Exception as error:
            return repr(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(act, acts))


def main() -> None:
    """Two sign-ups of one address, each link opened four times at once; then everybody leaves at once."""
    django.setup()
    from masthead.core.models import AuditRecord
    from masthead.letters import subscribing
    from masthead.letters.models import Consent, Subscription
    from masthead.readers.models import Reader
    from tests.worlds.letters_lists import WEEK, asks_for, the

    tokens = [asks_for("ada@example.org"), asks_for("ada@example.org")] * (AT_ONCE // 2)
    confirmed = together(*(lambda token=token: subscribing.confirm(token).again for token in tokens))
    ada, week = Reader.objects.get(), the(WEEK)
    left = together(*(lambda: subscribing.leave(ada, week, "link") for _ in range(AT_ONCE)))
    story = {
        "confirmed": sorted(confirmed),
        "left": sorted(left),
        "readers": Reader.objects.count(),
        "subscriptions": Subscription.objects.count(),
        "consents": Consent.objects.count(),
        "joined": AuditRecord.objects.filter(action="letters.joined").count(),
        "left_noted": AuditRecord.objects.filter(action="letters.left").count(),
    }
    print(json.dumps(story))  # noqa: T201


if __name__ == "__main__":
    main()
