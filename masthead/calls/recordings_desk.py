"""The recording at the desk: the film and its captions come in, questions become chapters, supporters get to see it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminPageChooser

from masthead.core.refusals import Refusal
from masthead.newsroom.models import FilmPage
from masthead.readers.desk_acts import actor_of, carry_out

from . import afterwards
from .hosting import MAY, moments_typed
from .models import Call, Question, QuestionState, Recording

WRONG = 422


class RecordingForm(forms.Form):
    """A film that is sent now, or one that lies in the folder already; captions; the length."""

    film = forms.FileField(
        label="Film", required=False, help_text="MP4 (H.264) or WebM, at most 35 MB. Larger ones: see below."
    )
    lying = forms.ChoiceField(
        label="Or one from the folder", required=False,
        help_text="Films that were copied into the folder originals/recordings of the newsroom.",
    )  # fmt: skip
    captions = forms.FileField(label="Captions", required=False, help_text="A WebVTT file: every word that is spoken.")
    length = forms.RegexField(
        r"^(?:\d{1,2}:)?\d{1,3}:[0-5]\d$", label="Length", help_text="Minutes and seconds, such as 58:20.",
        error_messages={"invalid": "Write minutes and seconds, such as 58:20."},
    )  # fmt: skip

    def __init__(self, *args: Any, recording: Recording | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = afterwards.lying_there()
        lying = self.fields["lying"]
        assert isinstance(lying, forms.ChoiceField)
        lying.choices = [("", "—"), *((name, name) for name in names)]
        if recording:
            self.fields["length"].initial = afterwards.clock_face(recording.seconds)

    @property
    def seconds(self) -> int:
        """The length, in seconds."""
        parts = [int(part) for part in self.cleaned_data["length"].split(":")]
        return sum(part * 60**power for power, part in enumerate(reversed(parts)))

    def clean_length(self) -> str:
        length = str(self.cleaned_data["length"])
        if not length.strip("0:"):
            raise forms.ValidationError("A film lasts at least a second.")
        return length


class NotesForm(WagtailAdminModelForm):
    """What is written about a call that is over, and a film of it that everybody may see."""

    class Meta:
        model = Call
        fields = ("notes", "film")
        widgets = {"film": AdminPageChooser(target_models=[FilmPage])}
        help_texts = {
            "notes": "For supporters.",
            "film": "One that is published with the others; the recording is not.",
        }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """The film and its captions; posting keeps them, still unpublished."""
    call = get_object_or_404(Call, pk=pk)
    kept = Recording.objects.filter(call=call).first()
    form = RecordingForm(request.POST or None, request.FILES or None, recording=kept)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            afterwards.keep_recording(
                call,
                film=typed["film"] or typed["lying"] or None,
                captions=typed["captions"],
                seconds=form.seconds,
                by=actor_of(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.for_people)
        else:
            messages.success(request, "Kept. Supporters see it once it is published.")
            return redirect("call_recording", pk)
    return _page(request, call, form, status=WRONG if form.errors else 200)


@require_POST
@permission_required(MAY, raise_exception=True)
def keep_notes(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_object_or_404(Call, pk=pk)
    form = NotesForm(request.POST, instance=call)
    if not form.is_valid():
        return _page(request, call, None, notes=form, status=WRONG)
    typed = form.cleaned_data
    by = actor_of(request)
    afterwards.keep_notes(Call.objects.get(pk=pk), notes=typed["notes"], film=typed["film"], by=by)
    messages.success(request, "The notes are kept.")
    return redirect("call_recording", pk)


@require_POST
@permission_required(MAY, raise_exception=True)
def set_chapters(request: HttpRequest, pk: int) -> HttpResponse:
    """Where in the film each question is answered; what was typed stays when a moment is none."""
    call = get_object_or_404(Call, pk=pk)
    typed = moments_typed(request, list(_answered(call)))
    try:
        afterwards.set_chapters(call, typed, by=actor_of(request))
    except Refusal as refusal:
        messages.error(request, refusal.for_people)
        return _page(request, call, None, moments=typed, status=WRONG)
    messages.success(request, "The chapters are set.")
    return redirect("call_recording", pk)


@require_POST
@permission_required(MAY, raise_exception=True)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, afterwards.publish, "Published: supporters can watch it now.")


@require_POST
@permission_required(MAY, raise_exception=True)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, afterwards.withdraw, "Taken back: nobody can watch it now.")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then deletes the film for good."""
    call = get_object_or_404(Call, pk=pk, recording__isnull=False)
    if request.method == "POST":
        return _act(request, pk, afterwards.delete_recording, "The recording is deleted.")
    return render(request, "calls/desk/delete_recording.html", {"call": call})


def _act(request: HttpRequest, pk: int, verb: Any, done: str) -> HttpResponse:
    call = get_object_or_404(Call, pk=pk)
    carry_out(request, lambda: verb(call, by=actor_of(request)), done)
    return redirect("call_recording", pk)


def _answered(call: Call) -> Any:
    return Question.objects.filter(call=call, state=QuestionState.ANSWERED).order_by("second", "answered_at", "pk")


def _page(
    request: HttpRequest,
    call: Call,
    form: RecordingForm | None,
    *,
    moments: dict[int, str] | None = None,
    notes: NotesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = Recording.objects.filter(call=call).first()
    notes = notes or NotesForm(instance=call)
    context = {
        "call": call,
        "recording": kept,
        "notes": notes,
        "media": notes.media,
        "form": form or RecordingForm(recording=kept),
        "rows": [
            (row, (moments or {}).get(row.pk, "" if row.second is None else afterwards.clock_face(row.second)))
            for row in _answered(call)
        ],
        "attendance": afterwards.attendance(call),
    }
    return render(request, "calls/desk/recording.html", context, status=status)
