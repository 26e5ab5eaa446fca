"""The pages where supporters ask and vote. Everything works by plain forms; GET changes nothing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from masthead.core.refusals import Refusal
from masthead.readers.accounts import sign_in_address
from masthead.readers.models import Reader
from masthead.readers.requests import Request

from . import questions
from .models import LONGEST_QUESTION, Call, Question

WRONG = 422
FIRST_WORDS = 8


class SeeOther(HttpResponseRedirect):
    """After a POST: look there (RFC 9110, 15.4.4)."""

    status_code = 303


class QuestionForm(forms.Form):
    """What somebody wants to know. How long it may be is the verb's business: it keeps what was typed."""

    question = forms.CharField(
        label="Your question",
        help_text=f"At most {LONGEST_QUESTION} characters. All of them are read, also those that lack the time.",
        error_messages={"required": questions.NothingAsked.for_people_text},
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_QUESTION * 4}),
    )
    name = forms.CharField(
        label="Your name, as others see it",
        max_length=questions.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    anonymous = forms.BooleanField(label="Ask it without my name", required=False)

    @classmethod
    def for_reader(cls, reader: Reader) -> "QuestionForm":
        """An empty one, with the name that the account bears."""
        return cls(initial={"name": reader.name})


def context_for(
    call: Call, reader: Reader | None, *, on_the_calls_page: bool = False, number: int = 1
) -> dict[str, Any]:
    """What the part `calls/questions.html` needs to show one reader the questions, and the form to ask one."""
    per_page = questions.ON_THE_CALLS_PAGE if on_the_calls_page else questions.PER_PAGE
    listing = questions.listed(call, reader, number, per_page)
    return {
        "call": call,
        "listing": listing,
        "question_form": QuestionForm.for_reader(reader) if reader and listing else None,
        "back": "call" if on_the_calls_page else str(listing.number if listing else 1),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_a_call(request: Request, slug: str) -> HttpResponse:
    """All questions, in pages; posting asks one."""
    call = get_object_or_404(Call, slug=slug)
    if request.method == "POST":
        return _ask(request, call)
    return _page(request, call, number=_number(request.GET.get("page", "")))


def _ask(request: Request, call: Call) -> HttpResponse:
    if request.reader is None:
        return redirect(sign_in_address(f"{call.path}questions/"))
    form = QuestionForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            asked = questions.ask(
                call, request.reader, text=typed["question"], name=typed["name"], anonymously=typed["anonymous"]
            )
        except (questions.NothingAsked, questions.TooLong) as refusal:
            form.add_error("question", refusal.for_people)
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            return SeeOther(_way_back(request, call, asked.pk))
    return _page(request, call, form=form, status=WRONG)


@never_cache
@require_POST
def vote(request: Request, slug: str, pk: int) -> HttpResponse:
    return _with_question(request, slug, pk, questions.vote)


@never_cache
@require_POST
def take_back_vote(request: Request, slug: str, pk: int) -> HttpResponse:
    return _with_question(request, slug, pk, questions.take_back_vote)


@never_cache
@require_POST
def take_back(request: Request, slug: str, pk: int) -> HttpResponse:
    return _with_question(request, slug, pk, questions.take_back)


def _with_question(request: Request, slug: str, pk: int, verb: Callable[[Question, Reader], None]) -> HttpResponse:
    """Do it with a question that this reader may see, and lead back to where the button was."""
    call = get_object_or_404(Call, slug=slug)
    if request.reader is None:
        return redirect(sign_in_address(f"{call.path}questions/"))
    question = questions.visible_to(call, request.reader).select_related("call").filter(pk=pk).first()
    if question is None:
        return _page(request, call, wrong=questions.Gone().for_people, status=404)
    try:
        verb(question, request.reader)
    except Refusal as refusal:
        return _page(request, call, wrong=refusal.for_people, status=WRONG)
    return SeeOther(_way_back(request, call, pk))


def _page(
    request: Request,
    call: Call,
    *,
    number: int = 1,
    form: QuestionForm | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    context = context_for(call, request.reader, number=number)
    context["question_form"] = form or context["question_form"]
    return render(request, "calls/asking.html", {**context, "reader": request.reader, "wrong": wrong}, status=status)


def _way_back(request: HttpRequest, call: Call, pk: int) -> str:
    """To the page on which the button stood; nothing but our own two pages can be asked for."""
    back = request.POST.get("back", "")
    if back == "call":
        return f"{call.path}#questions"
    return f"{call.path}questions/?page={_number(back)}#question-{pk}"


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
