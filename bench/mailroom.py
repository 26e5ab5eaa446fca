"""The newsroom's side of `bench.letters`, in a process with Django: `python -m bench.mailroom send 1000`, in JSON."""

import json
import os
import smtplib
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from masthead.__main__ import enter

enter()
os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.web.settings"

HOME = Path(os.environ["MASTHEAD_HOME"])
DOMAINS = 1000


def prepare(count: int) -> dict[str, Any]:
    """People on the week's list, an issue, its recipients frozen."""
    from django.db import transaction
    from wagtail.rich_text import RichText

    from masthead.core import clock
    from masthead.core.actors import Actor
    from masthead.letters import issues, sending, standing
    from masthead.letters.models import LetterList, Mailing, MailingState, Subscription
    from masthead.letters.sending import freezing, stencils
    from masthead.readers.models import Reader

    week = LetterList.objects.get(slug="the-week")
    with transaction.atomic():
        readers = Reader.objects.bulk_create(
            Reader(email=f"reader-{number}@of-{number % DOMAINS}.example") for number in range(count)
        )
        Subscription.objects.bulk_create(Subscription(list=week, reader=reader) for reader in readers)
    issue = issues.begin(week, Actor.system("bench"))
    words = "<p>" + "The tide came in at nine, and with it the first of the seven boats. " * 12 + "</p>"
    issue.body = [("paragraph", RichText(words))] * 6
    issue.save()
    standing.overrule("a measurement on the loopback address", Actor.system("bench"))
    mailing = sending.schedule(issue, clock.now() + timedelta(hours=1), Actor.system("bench"))
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.FREEZING, freezing_at=clock.now())
    since = time.perf_counter()
    while Mailing.objects.get(pk=mailing.pk).frozen_at is None:
        freezing.freeze(mailing.pk)
    frozen = time.perf_counter() - since
    mailing = Mailing.objects.get(pk=mailing.pk)
    stencil = stencils.of_mailing(mailing)["public"]
    copy = stencils.copy_for(stencil, mailing.pk, 1, "reader@example.org", at=clock.now())
    (HOME / "message").write_bytes(copy.data)
    return {"people": mailing.total, "bytes": len(copy.data), "frozen": frozen}


def bare(count: int) -> dict[str, Any]:
    """The same message, so many times, by `sendmail` in a loop over one connection."""
    message = (HOME / "message").read_bytes()
    server = urlsplit(os.environ["MASTHEAD_MAIL"])
    with smtplib.SMTP(str(server.hostname), server.port or 25) as connection:
        since = time.perf_counter()
        for number in range(count):
            connection.sendmail("letters@masthead.example", [f"reader-{number}@of-1.example"], message)
        return {"rate": count / (time.perf_counter() - since)}


def send(count: int) -> dict[str, Any]:
    """Jobs of the lane, as a worker runs them, until so many more were sent."""
    from masthead.letters.models import Delivery, DeliveryState, Lane, Mailing
    from masthead.letters.sending import batches

    mailing = Mailing.objects.get()
    deliveries = Delivery.objects.filter(mailing=mailing)
    sent = deliveries.filter(state=DeliveryState.SENT)
    before, idle = sent.count(), _memory()
    since = time.perf_counter()
    while (done := sent.count()) - before < count and deliveries.open().exists():
        Lane.objects.update(turn="", seen_at=None)
        batches.wake(mailing)
        lane = Lane.objects.get()
        batches.run_lane(lane.pk, lane.turn)
    took = time.perf_counter() - since
    return {"rate": (done - before) / took, "sent": done, "grown": _memory() - idle}


def _memory() -> float:
    """Resident megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    import django

    django.setup()
    from masthead.web import workers

    workers.prepare()
    verb = {"prepare": prepare, "bare": bare, "send": send}[sys.argv[1]]
    print(json.dumps(verb(int(sys.argv[2]))))
