"""Sending an issue, at the desk: one page that says who gets it and how far it is, with what can be done now."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateTimeInput

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters import audience, issues, rendering
from masthead.letters.desk import deeds
from masthead.letters.desk.deeds import MAY_SEND, Deed
from masthead.letters.models import Issue, Link, Mailing, Proof
from masthead.letters.sending import mailings
from masthead.readers.desk_acts import actor_of, carry_out
from masthead.readers.forms import AddressField

WRONG = 422
TESTS_SHOWN = 5
LINKS_SHOWN = 50
deeds.JOINED.append("mailing")


class ScheduleForm(forms.Form):
    """When it is to be sent, by the clock on the newsroom's wall."""

    at = forms.DateTimeField(
        label=gettext_lazy("Send it at"),
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("In the newsroom’s time zone."),
    )


class ProofForm(forms.Form):
    """To whom a test copy goes, and which edition of it."""

    to = AddressField(label=gettext_lazy("A test copy to"))
    edition = forms.ChoiceField(
        label=gettext_lazy("As it is for"),
        choices=[("public", gettext_lazy("those who don’t support yet")), ("supporter", gettext_lazy("supporters"))],
    )


@require_safe
@permission_required(MAY_SEND, raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Who gets the issue, how far its sending is, and what can be done now."""
    return _page(request, _issue(pk))


@require_POST
@permission_required(MAY_SEND, raise_exception=True)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends it now."""
    issue = _issue(pk)
    carry_out(request, lambda: mailings.send(issue, actor_of(request)), _("It is on its way."))
    return redirect("letter_issue_sending", pk)


@require_POST
@permission_required(MAY_SEND, raise_exception=True)
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Has it sent at a moment that was typed."""
    issue, form = _issue(pk), ScheduleForm(request.POST)
    if form.is_valid():
        at = form.cleaned_data["at"]
        try:
            mailings.schedule(issue, at, actor_of(request))
        except Refusal as refusal:
            form.add_error("at", refusal.for_people)
        else:
            when = at.astimezone(clock.zone()).strftime("%-d %B %Y, %H.%M")
            messages.success(request, _("It will be sent on %(when)s.") % {"when": when})
            return redirect("letter_issue_sending", pk)
    return _page(request, issue, schedule_form=form)


@require_POST
@permission_required(MAY_SEND, raise_exception=True)
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends one copy, marked as a test, to an address that was typed."""
    issue, form = _issue(pk), ProofForm(request.POST)
    if form.is_valid():
        try:
            mailings.test(issue, form.cleaned_data["to"], form.cleaned_data["edition"], actor_of(request))
        except Refusal as refusal:
            form.add_error("to", refusal.for_people)
        else:
            told = _("A test copy to %(address)s is on its way.") % {"address": form.cleaned_data["to"]}
            messages.success(request, told)
            return redirect("letter_issue_sending", pk)
    return _page(request, issue, proof_form=form)


def _change(verb: Callable[[Mailing, Actor], Any], done: Any) -> Callable[..., HttpResponse]:
    """A button that does something with a mailing there is."""

    @require_POST
    @permission_required(MAY_SEND, raise_exception=True)
    def pressed(request: HttpRequest, pk: int) -> HttpResponse:
        mailing = get_object_or_404(Mailing, issue=pk)
        carry_out(request, lambda: verb(mailing, actor_of(request)), str(done))
        return redirect("letter_issue_sending", pk)

    return pressed


stop = _change(mailings.stop, gettext_lazy("It is stopped. Nobody else gets it for now."))
go_on = _change(mailings.go_on, gettext_lazy("The rest is on its way."))


def _issue(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("list"), pk=pk)


def _page(
    request: HttpRequest,
    issue: Issue,
    schedule_form: ScheduleForm | None = None,
    proof_form: ProofForm | None = None,
) -> HttpResponse:
    mailing = Mailing.objects.filter(issue=issue).first()
    counted = mailing is not None and mailing.frozen_at is not None
    begun = mailing is not None and mailing.freezing_at is not None
    progress = mailings.progress(mailing) if mailing is not None and counted else None
    wrong = any(form is not None and form.errors for form in (schedule_form, proof_form))
    scheduled = mailing.send_at if mailing is not None and not begun else None
    schedule_form = schedule_form or ScheduleForm(initial={"at": scheduled} if scheduled else None)
    person: Any = request.user
    context = {
        "issue": issue,
        "mailing": mailing,
        "state": mailing.state if mailing is not None else "",
        "is_begun": begun,
        "progress": progress,
        "left": words_left(progress.left) if progress is not None else "",
        "excluded": mailings.exclusions(mailing) if mailing is not None and counted else [],
        "size": audience.size(issue.list) if not begun else 0,
        "lacks": [] if issue.sent_at else issues.lacks(issue),
        "schedule_form": schedule_form,
        "proof_form": proof_form or ProofForm(initial={"to": person.email, "edition": rendering.EDITIONS[0]}),
        "proofs": Proof.objects.filter(issue=issue)[:TESTS_SHOWN],
        "links": Link.objects.filter(mailing=mailing)[:LINKS_SHOWN] if begun else [],
        "media": schedule_form.media,
    }
    return render(request, "letters/desk_sending.html", context, status=WRONG if wrong else 200)


def words_left(left: timedelta | None) -> str:
    """How long it will take, as somebody would say it; empty when nobody can honestly say."""
    if left is None:
        return ""
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 90:
        return ngettext("about a minute", "about %(count)s minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("about an hour", "about %(count)s hours", hours) % {"count": hours}


@deeds.offer
def sending_deeds(issue: Issue, user: Any) -> Iterator[Deed]:
    """To the page of its sending."""
    if user.has_perm(MAY_SEND):
        url = reverse("letter_issue_sending", args=[issue.pk])
        yield Deed(_("Sending"), url, icon="mail", priority=10, stands_out=True)


@deeds.tell
def state_of_sending(issue: Issue) -> str:
    """As its mailing says; a draft that somebody took off the schedule is a draft."""
    mailing: Mailing | None = getattr(issue, "mailing", None)
    if mailing is None or (mailing.is_off and not mailing.says):
        return ""
    return mailing.get_state_display()
