"""What the desk shows of calls."""

from django.urls import URLPattern, path
from wagtail import hooks

from . import hosting, recordings_desk


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
        path("calls/<int:pk>/recording/chapters/", recordings_desk.set_chapters, name="call_recording_chapters"),
        path("calls/<int:pk>/recording/publish/", recordings_desk.publish, name="call_recording_publish"),
        path("calls/<int:pk>/recording/withdraw/", recordings_desk.withdraw, name="call_recording_withdraw"),
        path("calls/<int:pk>/recording/delete/", recordings_desk.delete, name="call_recording_delete"),
    ]
