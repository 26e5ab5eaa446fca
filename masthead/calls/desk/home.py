"""Calls on the desk's first page: the next one, what it lacks, and the alarm when a promise was broken."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from masthead.calls import providers, series, words
from masthead.calls.models import Call, Series
from masthead.core import clock

SOON = clock.days(14)
BY_THE_CLOCK = "system:clock"


class NextCall(Component):
    """When it is, how many come, whether anything is missing; without a series, a button that starts one."""

    name = "calls"
    template_name = "calls/desk/home.html"
    order = 40

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        call = Call.objects.coming().first()
        user = parent_context["request"].user
        return {
            "request": parent_context["request"],
            "call": call,
            "when": words.when(call) if call else "",
            "made_by_clock": call is not None and call.made_by == BY_THE_CLOCK,
            "lacks": _lacks(call) if call else "",
            "missed": series.missed(),
            "has_series": Series.objects.filter(is_active=True).exists(),
            "may_start": user.has_perm("calls.add_series"),
        }


def _lacks(call: Call) -> str:
    """The place, when it is not set up and the call is near."""
    if call.starts_at - clock.now() > SOON:
        return ""
    provider = providers.PROVIDERS.get(call.provider)
    wrong = provider.validate(call.place) if provider else [str(_("No place of this kind is known."))]
    return " ".join(wrong)
