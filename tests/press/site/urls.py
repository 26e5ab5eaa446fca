import json
import os
import time
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path

from masthead.core import clock
from masthead.press import printing
from masthead.press.passes import EDITIONS
from masthead.press.printed import one_of, printed, whole_number
from masthead.press.prints import Key
from masthead.press.recording import changes_at, made_of
from tests.press.site import verbs
from tests.press.site.models import Piece

HOME = settings.CONFIG.home


def edition(get_response):
    """Stands for membership's middleware, which gives each request its edition."""

    def with_edition(request: HttpRequest) -> HttpResponse:
        request.edition = "supporter" if request.COOKIES.get("pass", "").startswith("supporter") else "public"
        return get_response(request)

    return with_edition


def page(request: HttpRequest, words: str) -> HttpResponse:
    return HttpResponse(f'<html data-edition="{request.edition}"><p>{words}</p><script>look()</script></html>')


@printed()
def front(request):
    made_of("list:front")
    pieces = Piece.objects.filter(live=True).order_by("pk")
    made_of(*[f"page:{piece.pk}" for piece in pieces])
    return page(request, ", ".join(piece.headline for piece in pieces))


@printed(page=whole_number(1, 9, default=1), order=one_of("latest", "first", default="latest"))
def section(request, slug):
    made_of(f"list:section:{slug}")
    number, order = int(request.GET.get("page", 1)), request.GET.get("order", "latest")
    pieces = Piece.objects.filter(live=True, section=slug).order_by("pk" if order == "first" else "-pk")
    shown = pieces[(number - 1) * 2 : number * 2]
    made_of(*[f"page:{piece.pk}" for piece in shown])
    return page(request, f"{slug} {number} {order}: " + ", ".join(piece.headline for piece in shown))


@printed()
def piece(request, pk):
    made_of(f"page:{pk}")
    return page(request, get_object_or_404(Piece, pk=pk, live=True).headline)


@printed()
def slow(request, pk):
    """Reads its row, says so, then waits to be let go."""
    made_of(f"page:{pk}")
    found = get_object_or_404(Piece, pk=pk, live=True)
    (HOME / "rendering").touch()
    until = time.monotonic() + 10
    while (HOME / "hold").exists() and time.monotonic() < until:
        time.sleep(0.01)
    return page(request, found.headline)


@printed()
def timed(request):
    moment = datetime.fromisoformat((HOME / "moment").read_text())
    changes_at(moment)
    return page(request, "after" if clock.now() >= moment else "before")


@printed(page=whole_number(1, 9))
def echo(request):
    """Everything of a visitor that a view could see."""
    seen = {
        "host": request.get_host(),
        "absolute": request.build_absolute_uri(),
        "headers": sorted(set(request.headers) - {"Host"}),
        "cookies": request.COOKIES,
        "get": request.GET,
        "user": hasattr(request, "user"),
        "address": request.META.get("REMOTE_ADDR"),
    }
    return page(request, json.dumps(seen))


@printed()
def cookie(request):
    response = page(request, "take this")
    response.set_cookie("taken", "1")
    return response


@printed()
def moved(request):
    return HttpResponseRedirect("/")


def unprinted(request):
    return HttpResponse(f"{os.getpid()} {request.method} {len(request.body)}")


def broken(request):
    raise Http404


def do(request, verb):
    """Runs a verb of the world in this web process."""
    return HttpResponse(json.dumps(getattr(verbs, verb)(**json.loads(request.body))))


def fresh(request):
    """What the page says when rendered now, in each edition, by the newsroom and not from any store."""
    parts = urlsplit(request.GET["of"])
    declared = printing.plan(parts.path)
    made = [printing.print_page(Key(parts.path, declared.read(parts.query), edition), 0) for edition in EDITIONS]
    return HttpResponse(json.dumps([one and one.answer(b"").body["body"].decode() for one in made]))


urlpatterns = [
    path("", front),
    path("section/<slug>/", section),
    path("piece/<int:pk>/", piece),
    path("slow/<int:pk>/", slow),
    path("timed/", timed),
    path("echo/", echo),
    path("cookie/", cookie),
    path("moved/", moved),
    path("plain/", unprinted),
    path("hooks/bank/", unprinted),
    path("do/<verb>/", do),
    path("fresh/", fresh),
]
