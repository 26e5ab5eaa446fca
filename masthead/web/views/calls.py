"""The page of all calls: which comes next, how one gets in, which were held. Printed like any page."""

from django.http import HttpRequest, HttpResponse

from masthead.calls import dates, words
from masthead.calls.models import BENEFIT, Call, Series
from masthead.core import clock
from masthead.membership.models import Tier
from masthead.money.amounts import Money
from masthead.newsroom import menu
from masthead.press.printed import printed
from masthead.press.recording import changes_at
from masthead.web import passing_on
from masthead.web.views import answers

PATH = "/calls/"
PAST_SHOWN = 40


@printed()
def index(request: HttpRequest) -> HttpResponse:
    """What supporters read differs from what visitors do: these are told how to get in."""
    call = dates.next_call()
    paper = menu.paper()
    title = "Calls with the editor"
    context = {
        "title": title,
        "call": call,
        "is_open": call is not None and _is_open(call),
        "zone": words.zone(),
        "series": Series.objects.filter(is_active=True).first(),
        "past": dates.past_calls(PAST_SHOWN),
        "floor": _floor(),
        "passed_on": passing_on.page(paper, title, PATH, "A video call for supporters: dates, seats, questions."),
    }
    return answers.page(request, "calls/index.html", context, "giving")


def _is_open(call: Call) -> bool:
    """Whether the way in is; a print ends when that changes."""
    changes_at(call.opens_at)
    return clock.now() >= call.opens_at


def _floor() -> Money | None:
    """The least a month that brings calls with it."""
    tier = Tier.objects.filter(benefits__code=BENEFIT).order_by("floor_minor").first()
    return tier.floor if tier else None
