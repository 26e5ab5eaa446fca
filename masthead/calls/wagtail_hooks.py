"""What the desk shows of calls."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks

from . import hosting, recordings_desk
from .desk import acts
from .desk.home import NextCall
from .desk.lists import Calls


@hooks.register("register_admin_viewset")
def calls() -> Calls:
    """Calls, series and seats."""
    return Calls()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """The acts that ask first."""
    return [
        path("calls/plan/", acts.plan, name="plan_call"),
        path("calls/<int:pk>/move/", acts.move, name="move_call"),
        path("calls/<int:pk>/cancel/", acts.cancel, name="cancel_call"),
        path("calls/<int:pk>/not-held/", acts.not_held, name="call_not_held"),
        path("calls/<int:pk>/invite/", acts.invite, name="invite_to_call"),
        path("calls/<int:pk>/seats/", acts.seats_of, name="call_seats"),
        path("calls/seats/<int:pk>/give-back/", acts.give_back, name="give_back_seat"),
        path("calls/series/start/", acts.start_series, name="start_series"),
        path("calls/series/<int:pk>/stop/", acts.stop_series, name="stop_series"),
    ]


@hooks.register("construct_homepage_panels")
def next_call(request: HttpRequest, panels: list[Any]) -> None:
    """For those who may change calls."""
    if request.user.has_perm("calls.change_call"):
        panels.append(NextCall())


@hooks.register("register_admin_urls")
def of_hosts() -> list[URLPattern]:
    """The host's view, and the recording."""
    one = "calls/<int:pk>/host/questions/<int:question>"
    return [
        path("calls/<int:pk>/host/", hosting.host, name="call_host"),
        path("calls/<int:pk>/host/order/", hosting.order_by_votes, name="call_host_order"),
        path("calls/<int:pk>/host/room/", hosting.go_in, name="call_host_room"),
        path("calls/<int:pk>/host/examine/", hosting.examine, name="call_host_examine"),
        path(f"{one}/up/", hosting.up, name="call_host_up"),
        path(f"{one}/down/", hosting.down, name="call_host_down"),
        path(f"{one}/answered/", hosting.answered, name="call_host_answered"),
        path(f"{one}/back/", hosting.back, name="call_host_back"),
        path(f"{one}/hide/", hosting.hide, name="call_host_hide"),
        path("calls/<int:pk>/recording/", recordings_desk.recording, name="call_recording"),
        path("calls/<int:pk>/recording/notes/", recordings_desk.keep_notes, name="call_recording_notes"),
        path("calls/<int:pk>/recording/chapters/", recordings_desk.set_chapters, name="call_recording_chapters"),
        path("calls/<int:pk>/recording/publish/", recordings_desk.publish, name="call_recording_publish"),
        path("calls/<int:pk>/recording/withdraw/", recordings_desk.withdraw, name="call_recording_withdraw"),
        path("calls/<int:pk>/recording/delete/", recordings_desk.delete, name="call_recording_delete"),
    ]
