"""The archive of letters. What is free is printed like any page; what supporters get is shown to them alone."""

from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from masthead.letters import issues, receivers
from masthead.letters.models import Issue, LetterList
from masthead.newsroom import menu
from masthead.press.printed import printed, whole_number
from masthead.press.recording import made_of
from masthead.readers.accounts import sign_in_address
from masthead.web import passing_on
from masthead.web.letters import online
from masthead.web.pager import Pager
from masthead.web.views import answers

LATEST = 3
A_PAGE = 20
LAST_PAGE = 500

PATH = "/letters/"


@dataclass(frozen=True)
class Shelf:
    """A list, and its latest issues."""

    letters: LetterList
    issues: list[Issue]

    @property
    def sign_up(self) -> list[LetterList]:
        """For the form: the list itself where anybody may sign up."""
        return [self.letters] if self.letters.is_free and self.letters.is_open else []


@printed()
def index(request: HttpRequest) -> HttpResponse:
    """All lists, how to get each, and their latest issues."""
    shelves = _shelves(list(LetterList.objects.all()))
    context = {
        "letters_offered": (),  # below each page else; here each list has a form of its own
        "shelves": [shelf for shelf in shelves if shelf.letters.is_open or shelf.issues],
        "passed_on": passing_on.page(menu.paper(), "Letters", PATH, "The letters of the paper, and how to get them."),
    }
    return answers.page(request, "letters/index.html", context, receivers.LISTS)


@printed(page=whole_number(1, LAST_PAGE, default=1))
def one_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The issues of one list, newest first."""
    made_of(receivers.LISTS)
    letters = get_object_or_404(LetterList, slug=slug)
    number = answers.number_of(request)
    start = (number - 1) * A_PAGE
    found = list(letters.issues.sent().newest().select_related("list").defer("body")[start : start + A_PAGE + 1])
    if number > 1 and not found:
        raise Http404
    context = {
        "letters_offered": (),
        "shelf": Shelf(letters, found[:A_PAGE]),
        "page_number": number,
        "pager": _pager(letters.path, number, more=len(found) > A_PAGE),
        "passed_on": passing_on.page(menu.paper(), letters.name, _path(letters.path, number), letters.sentence),
    }
    return answers.page(request, "letters/list.html", context, receivers.part_of(letters))


@printed()
def issue(request: HttpRequest, letters: str, slug: str) -> HttpResponse:
    """One issue. A supporters' one asks the grants ledger each time, and who has no grant is told how to get it."""
    found = get_object_or_404(Issue.objects.sent().select_related("list", "written_by"), list__slug=letters, slug=slug)
    if found.list.is_free:
        return online.page(found, request)
    response = _to_whom_it_is_due(found, request)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _to_whom_it_is_due(found: Issue, request: HttpRequest) -> HttpResponse:
    if not hasattr(request, "reader"):
        return HttpResponse(status=403)  # the press asks, on nobody's behalf: there is nothing to print
    reader, device = request.reader, getattr(request, "device", None)
    if issues.readable_by(reader, device, found):
        return online.page(found, request)
    context = {"issue": found, "letters": found.list, "reader": reader, "sign_in": sign_in_address(found.path)}
    return render(request, "letters/for_supporters.html", context, status=403)


def _shelves(lists: list[LetterList]) -> list[Shelf]:
    """The latest issues of each list, in one question for all."""
    newest = Window(RowNumber(), partition_by=[F("list")], order_by=[F("sent_at").desc(), F("pk").desc()])
    latest = Issue.objects.sent().defer("body").annotate(place=newest).filter(place__lte=LATEST).order_by("place")
    by_list: dict[int, list[Issue]] = {letters.pk: [] for letters in lists}
    known = {letters.pk: letters for letters in lists}
    for found in latest:
        found.list = known[found.list_id]
        by_list[found.list_id].append(found)
    return [Shelf(letters, by_list[letters.pk]) for letters in lists]


def _pager(path: str, number: int, *, more: bool) -> Pager:
    return Pager(
        says=f"Page {number}",
        newer=_path(path, number - 1) if number > 1 else None,
        older=_path(path, number + 1) if more else None,
    )


def _path(path: str, number: int) -> str:
    return path if number == 1 else f"{path}?page={number}"
