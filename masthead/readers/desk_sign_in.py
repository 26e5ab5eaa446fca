"""How staff sign in at the desk: by password, then by a second factor where there is one; neither by trying many."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.views.account import LoginView

from masthead.core import audit, clock, limits
from masthead.core.actors import Actor
from masthead.core.networks import network_of
from masthead.core.refusals import Refusal
from masthead.readers import desk_guard, desk_sessions, factors
from masthead.readers.models import StaffUser

TRIES_OF_NETWORK = limits.define("desk.tries-of-network", times=10, per=900)
TRIES_OF_ADDRESS = limits.define("desk.tries-of-address", times=50, per=3600)

BY_PASSWORD = "password"  # noqa: S105  (how somebody signed in, no password)
HALF_WAY = "desk-half-way"
HALF_WAY_LASTS = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"

audit.register("staff.signed-in", "{by} signed in at the desk: {how}")
audit.register("staff.password-refused", "a password at the desk was refused: {subject}")


class SignInForm(LoginForm):
    """Wagtail's form, which looks at a password only while tries are left; a right one gives them back."""

    def clean(self) -> dict[str, Any]:
        address = str(self.cleaned_data.get("username", "")).lower()
        tries = {TRIES_OF_NETWORK: network_of(self.request), TRIES_OF_ADDRESS: address}
        try:
            for limit, key in tries.items():
                limits.hit(limit, key)
        except limits.TooMany as refusal:
            raise ValidationError(refusal.for_people) from None
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            whose = StaffUser.objects.filter(email=address).first()
            audit.record("staff.password-refused", whose or "an unknown address", by=Actor("visitor", ""))
            raise
        for limit, key in tries.items():
            limits.forgive(limit, key)
        return cleaned


class SignIn(LoginView):
    """Address and password. Who has a second factor is nobody yet afterwards; who should have one is led to it."""

    def form_valid(self, form: Any) -> HttpResponse:
        person, remember, then = form.get_user(), bool(form.cleaned_data.get("remember")), self.get_success_url()
        if factors.has_one(person):
            self.request.session[HALF_WAY] = {
                "person": person.pk,
                "password": person.get_session_auth_hash(),
                "at": int(clock.time()),
                "remember": remember,
                "next": then,
            }
            return redirect("desk_sign_in_factor")
        return enter(self.request, person, how=BY_PASSWORD, remember=remember, then=then)


def enter(request: HttpRequest, person: StaffUser, *, how: str, remember: bool, then: str) -> HttpResponse:
    """Sign in for good: the session is new, and lasts until the browser is closed unless it shall be remembered."""
    login(request, person, backend=BACKEND)
    request.session.pop(HALF_WAY, None)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)
    desk_sessions.note_proof(request, BY_PASSWORD)
    audit.record("staff.signed-in", person, by=person.actor, how=how)
    if how in factors.WAYS:
        desk_sessions.note_proof(request, how)
    elif factors.must_have_one(person):
        return redirect(f"{reverse('desk_second_factor')}?{urlencode({'next': then})}")
    return redirect(then)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The second factor of somebody whose password was right in this browser, less than ten minutes ago."""
    half = request.session.get(HALF_WAY, {})
    person = _half_signed_in(half)
    if person is None:
        request.session.pop(HALF_WAY, None)
        return redirect("wagtailadmin_login")
    error = ""
    if request.method == "POST":
        try:
            how = desk_guard.prove(request, person)
        except Refusal as refusal:
            error = refusal.for_people
        else:
            return enter(request, person, how=how, remember=half["remember"], then=half["next"])
    context = {**desk_guard.question(request, person), "error": error}
    return render(request, "desk/second_step.html", context, status=422 if error else 200)


def _half_signed_in(half: dict[str, Any]) -> StaffUser | None:
    """Whose password it was, unless that is long ago, was changed since, or the person was deactivated."""
    if clock.time() - half.get("at", 0) > HALF_WAY_LASTS.total_seconds():
        return None
    person = StaffUser.objects.filter(pk=half["person"], is_active=True).first()
    if person is None or not constant_time_compare(half["password"], person.get_session_auth_hash()):
        return None
    return person


def next_of(request: HttpRequest) -> str:
    """Where to go on to: a path of this site that the request names, else the desk's first page."""
    named = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(named, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return named if ours else reverse("wagtailadmin_home")
