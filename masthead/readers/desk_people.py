"""What an administrator does about somebody else's sign-in: a lost factor, a leaver."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from masthead.readers import factors, staff
from masthead.readers.desk_acts import actor_of, carry_out
from masthead.readers.desk_guard import recently_confirmed
from masthead.readers.models import StaffUser

MAY = "readers.change_staffuser"


class ResetForm(forms.Form):
    """Why; one of the reasons that the audit log knows, since it keeps nothing that people write."""

    reason = forms.ChoiceField(label="Why", choices=list(factors.REASONS.items()), widget=forms.RadioSelect)


@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, then takes off all factors of somebody who lost them."""
    person = get_object_or_404(StaffUser, pk=pk)
    form = ResetForm(request.POST if "reset" in request.POST else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done = f"{_name(person)} signs in by password now, and is led to set up a new second factor."
        carry_out(request, lambda: factors.reset(person, reason=reason, by=actor_of(request)), done)
        return redirect("wagtailusers_users:index")
    context = {"person": person, "name": _name(person), "form": form, "factors": person.factors.all()}
    return render(request, "desk/reset_factor.html", context, status=422 if form.errors else 200)


@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def has_left(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then deactivates somebody who has left the newsroom."""
    person = get_object_or_404(StaffUser, pk=pk, is_active=True)
    if request.method == "POST" and "left" in request.POST:
        done = f"{_name(person)} cannot sign in any more. Bylines stay."
        carry_out(request, lambda: staff.leave(person, by=actor_of(request)), done)
        return redirect("wagtailusers_users:index")
    return render(request, "desk/has_left.html", {"person": person, "name": _name(person)})


def _name(person: Any) -> str:
    return str(person.get_full_name() or person.email)
