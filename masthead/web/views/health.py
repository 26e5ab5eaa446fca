"""Whether this machine can take requests that need the newsroom: for load balancers and `systemd` units.

`/healthz/live` is the press's own answer. `ready` says what is missing, in words, and never anything about people.
"""

from datetime import timedelta

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from masthead.core.jobs import QUEUES
from masthead.core.models import Worker

ALIVE = timedelta(seconds=60)  # by the wall, as workers tell it


def ready(_request: HttpRequest) -> HttpResponse:
    """200 'ready', or 503 with a line for each thing that is missing."""
    lacks = "\n".join(missing())
    response = HttpResponse(lacks or "ready", status=503 if lacks else 200, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log each 503 that a balancer fetches
    return response


def live(_request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all."""
    return HttpResponse("live", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


_migrated = False


def missing() -> list[str]:
    """What keeps this machine from taking requests, a line each."""
    global _migrated
    from masthead.web.workers import missing_migrations

    try:
        if not _migrated and (behind := missing_migrations()):
            return [f"{len(behind)} migrations are missing"]
        _migrated = True  # a newer version is another process
        heard = set(Worker.objects.filter(seen_at__gt=timezone.now() - ALIVE).values_list("queue", flat=True))
    except Error:
        return ["the database does not answer"]
    return [f"no worker for '{queue}' was heard of in the last minute" for queue in QUEUES if queue not in heard]
