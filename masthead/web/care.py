"""Supporter care at the desk: one box that finds people, one page a person, and an act a page.

What stands on the page, and what can be done, is what the floors have registered in readers.care.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.readers.care import finding, log, notes, people, register
from masthead.readers.care.people import Person
from masthead.readers.care.register import Act, File, Planned
from masthead.readers.desk_acts import actor_of
from masthead.readers.desk_guard import recently_confirmed
from masthead.readers.models import StaffUser

NOTES_SHOWN = 6
TOLD_SHOWN = 8
WRONG = 422
WHO = {"reader": "by the reader", "device": "by the giver", "provider": "said by the provider", "staff": "by staff"}

audit.register("care.seen", "{by} looked at the page of {subject} ({what})")
audit.register("care.found", "{by} looked for people, and was shown {count}")


@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The box, and who was found."""
    _must_see(request)
    typed = request.GET.get("q", "").strip()
    page = _number(request)
    hits, has_more = finding.search(typed, page=page) if typed else ([], False)
    if len(hits) == 1 and page == 1:
        return redirect("care_person", hits[0].key)
    if hits:
        audit.record("care.found", "supporter care", by=actor_of(request), count=len(hits))
    context = {"typed": typed, "hits": hits, "page": page, "has_more": has_more}
    return render(request, "desk/care/find.html", context)


@never_cache
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """All of one person on one page: what went wrong and what comes next first."""
    somebody = _person(request, key)
    if somebody.key != key:
        return redirect("care_person", somebody.key)
    file = File(somebody, may=request.user.has_perm)
    lines = file.once(log.read)
    built = [(part, found) for part in _sections() if (found := part.build(file)) is not None]
    shown, has_more = log.page_of(lines, 1)
    written = [line for line in lines if line.kind == log.NOTE][:NOTES_SHOWN]
    names = _names(written + shown)
    _seen(request, somebody, "page")
    context = {
        "person": somebody,
        "main": [(part, found) for part, found in built if not part.is_aside],
        "aside": [(part, found) for part, found in built if part.is_aside],
        "planned": _planned(file),
        "told": _once_each([line for line in lines if line.kind == log.TOLD])[:TOLD_SHOWN],
        "notes": _with_names(written, names),
        "note_button": file.button("note"),
        "lines": _with_names(_once_each(shown), names),
        "has_more": has_more,
    }
    return render(request, "desk/care/person.html", context)


@never_cache
@require_safe
def timeline(request: HttpRequest, key: str) -> HttpResponse:
    """The whole log, page by page; one kind of it alone, if wanted."""
    somebody, page = _person(request, key), _number(request)
    kind = request.GET.get("kind", "")
    file = File(somebody, may=request.user.has_perm, page=page)
    lines = [line for line in log.read(file) if not kind or line.kind == kind]
    shown, has_more = log.page_of(_once_each(lines), page)
    _seen(request, somebody, "log")
    context = {"person": somebody, "has_more": has_more, "page": page, "kind": kind, "kinds": log.KINDS}
    return render(request, "desk/care/log.html", context | {"lines": _with_names(shown, _names(shown))})


@never_cache
@require_safe
def payments(request: HttpRequest, key: str) -> HttpResponse:
    """All payments, page by page."""
    somebody, page = _person(request, key), _number(request)
    file = File(somebody, may=request.user.has_perm, page=page)
    part = register.SECTIONS["payments"]
    _seen(request, somebody, "payments")
    context = {"person": somebody, "part": part, "section": part.build(file), "page": page}
    return render(request, "desk/care/payments.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, key: str, name: str, to: str = "") -> HttpResponse:
    """Asks for a reason and what else is needed, then does it, once for each form."""
    somebody = _person(request, key)
    wanted = register.ACTS.get(name)
    if wanted is None:
        raise Http404
    if not request.user.has_perm(wanted.right):
        raise PermissionDenied
    target = None if somebody.is_erased else wanted.find(somebody, to)
    if target is None:
        raise Http404
    carry_out = recently_confirmed(_act) if wanted.right == people.MOVE else _act
    return carry_out(request, somebody, wanted, target, to=to)


def _act(request: HttpRequest, somebody: Person, wanted: Act, target: Any, *, to: str) -> HttpResponse:
    initial = wanted.begins_with(somebody, target)
    form = wanted.form(request.POST or None, initial=initial, person=somebody, to=target)
    moves: list[str] = []
    if form.is_valid():
        try:
            if wanted.preview and request.POST.get("sure") != form.said:
                moves = wanted.preview(somebody, form.act_fields)
            else:
                _do(somebody, wanted, target, form, by=actor_of(request), to=to)
        except notes.DoneAlready as refusal:
            messages.warning(request, refusal.for_people)
            return redirect("care_person", somebody.key)
        except Refusal as refusal:
            form.add_error(wanted.at if wanted.at in form.fields else None, refusal.for_people)
        else:
            if not moves:
                messages.success(request, wanted.done)
                return redirect("care_person", somebody.key)
    context = {"person": somebody, "act": wanted, "form": form, "moves": moves, "says": wanted.says(somebody, target)}
    context["media"] = form.media
    return render(request, "desk/care/act.html", context, status=WRONG if form.errors else 200)


def _do(somebody: Person, wanted: Act, target: Any, form: Any, *, by: Actor, to: str) -> None:
    with transaction.atomic():
        kept = notes.keep(
            somebody,
            form.cleaned_data["reason"],
            by=by,
            once=form.cleaned_data["once"],
            act="" if wanted.name == "note" else wanted.name,
            to=to,
        )
        wanted.do(somebody, target, form.act_fields, by, kept.pk)


def _person(request: HttpRequest, key: str) -> Person:
    """The one who may be looked at by whoever asks; everything here fetches by this alone."""
    _must_see(request)
    found = people.at(key)
    if found is None:
        raise Http404
    return found


def _must_see(request: HttpRequest) -> None:
    if not request.user.has_perm(people.SEE):
        raise PermissionDenied


def _seen(request: HttpRequest, somebody: Person, what: str) -> None:
    audit.record("care.seen", somebody.subject, by=actor_of(request), what=what)


def _sections() -> list[register.Section]:
    return sorted(register.SECTIONS.values(), key=lambda part: part.order)


def _planned(file: File) -> list[Planned]:
    """What happens by itself, the soonest first; what has no day of ours stands before."""
    every = [planned for tells in register.PLANS for planned in tells(file)]
    return sorted(every, key=lambda planned: (planned.on is not None, planned.on or 0))


def _once_each(lines: list[log.Line]) -> list[log.Line]:
    """A notice stands in the mail that told it, as long as that mail is kept: one line for both."""
    mails = {line.key for line in lines if line.kind == log.TOLD and line.more.startswith("mail")}
    return [line for line in lines if line.more.startswith("mail") or line.kind != log.TOLD or line.key not in mails]


def _names(lines: list[log.Line]) -> dict[str, str]:
    """The names of staff among those who did it, by the actor as text."""
    pks = {Actor.parse(line.by).reference for line in lines if line.by.startswith("staff:")}
    staff = StaffUser.objects.filter(pk__in=[pk for pk in pks if pk.isdecimal()]) if pks else []
    return {f"staff:{row.pk}": row.get_full_name() or row.email for row in staff}


def _with_names(lines: list[log.Line], names: dict[str, str]) -> list[tuple[log.Line, str]]:
    """Each line, and who did it, in a word; nothing where it happened by itself."""
    return [(line, names.get(line.by) or WHO.get(line.by.partition(":")[0], "")) for line in lines]


def _number(request: HttpRequest) -> int:
    typed = request.GET.get("p", "1")
    return min(max(int(typed), 1), finding.MOST_PAGES) if typed.isdecimal() and len(typed) <= 3 else 1


def addresses() -> list[URLPattern]:
    """Below the desk's own."""
    return [
        path("care/", find, name="care"),
        path("care/<slug:key>/", person, name="care_person"),
        path("care/<slug:key>/log/", timeline, name="care_log"),
        path("care/<slug:key>/payments/", payments, name="care_payments"),
        path("care/<slug:key>/do/<slug:name>/", act, name="care_act"),
        path("care/<slug:key>/do/<slug:name>/<slug:to>/", act, name="care_act_to"),
    ]
