"""Issues at the desk: begun from a letter's own beginning, written with the site's blocks, looked at as each reader."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters import issues
from masthead.letters.desk import deeds
from masthead.letters.desk.deeds import MAY_SEND, Deed
from masthead.letters.models import Issue, LetterList
from masthead.readers.desk_acts import actor_of, carry_out


class IssueForm(WagtailAdminModelForm):
    """An issue's form. What is too large for mail programs is said before it is saved."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self._errors:
            for sentence in issues.lacks_in_size(self.instance):
                self.add_error("body", sentence)


class ListOfIssues(IndexView):
    """All issues with how each stands, and what can be done with it."""

    def get_base_queryset(self) -> QuerySet[Issue]:
        rows: QuerySet[Issue] = super().get_base_queryset()
        return rows.select_related(*deeds.JOINED).defer("body")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm("letters.add_issue"):
            return []
        return [HeaderButton(_("Begin a letter"), url=reverse("letter_issue_begin"), icon_name="plus")]

    def get_list_more_buttons(self, instance: Issue) -> list[Any]:
        found: list[Any] = super().get_list_more_buttons(instance)
        for deed in deeds.deeds_for(instance, self.request.user):
            found.append(MenuItem(deed.label, url=deed.url, icon_name=deed.icon, priority=deed.priority))
        return found


class BeginFromList(CreateView):
    """Nobody begins with an empty form: a letter's own beginning is filled in first."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("letter_issue_begin")


class WriteIssue(EditView):
    """The form of an issue, its preview beside it, and above it what can be done with it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.is_draft and not self.request.user.has_perm(MAY_SEND):
            messages.error(
                request,
                _("‘%(subject)s’ is scheduled or sent. Whoever may send letters can change it. It stays as it is.")
                % {"subject": self.object.subject},
            )
            return redirect("letter_issues:list")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        offered = deeds.deeds_for(self.object, self.request.user)
        return [HeaderButton(deed.label, url=deed.url, icon_name=deed.icon) for deed in offered if deed.stands_out]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        found: list[Any] = list(super().header_more_buttons)
        for deed in deeds.deeds_for(self.object, self.request.user):
            if not deed.stands_out:
                found.append(Button(deed.label, url=deed.url, icon_name=deed.icon, priority=deed.priority))
        return found

    def save_instance(self) -> Issue:
        issue: Issue = super().save_instance()
        audit.record("letters.issue_saved", issue, by=self.request.user.actor)
        return issue

    def get_success_buttons(self) -> list[Any]:
        return []

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.object.sent_at:
            messages.warning(
                self.request,
                _("This letter has been sent: what you changed shows in the archive, not in the mails."),
            )
        elif found := issues.lacks(self.object):
            messages.warning(self.request, _("Before it can be sent:") + " " + " ".join(found))
        return response

    def get_success_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.object.pk])  # one goes on writing, or presses a button above


class DeleteDraft(DeleteView):
    """Asks, then deletes a draft; what went out is withdrawn instead."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            issues.delete(self.object, by=self.request.user.actor)
        except Refusal as refusal:
            messages.error(self.request, refusal.for_people)
            return redirect(reverse(self.edit_url_name, args=[self.object.pk]))
        messages.success(self.request, self.get_success_message())
        return redirect(self.get_success_url())


_LINES = [
    FieldRowPanel([FieldPanel("list"), FieldPanel("slug")]),
    FieldPanel("subject"),
    FieldPanel("preheader"),
]


class IssueViewSet(SnippetViewSet):
    """The issues of all letters."""

    model = Issue
    icon = "mail"
    menu_label = _("Issues")
    menu_hook = "register_letters_menu_item"
    menu_order = 10
    admin_url_namespace = "letter_issues"
    base_url_path = "letters/issues"
    copy_view_enabled = False
    list_per_page = 50
    list_display = [
        "subject",
        Column("list", label=_("Letter"), accessor="list"),
        Column("state", label=_("State"), accessor=deeds.state_of),
        DateColumn("made_at", label=_("Begun"), sort_key="made_at"),
        DateColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
    ]
    list_export = [
        "list", "slug", "subject", "preheader", "headline", "written_by", "made_at", "sent_at", "withdrawn_at",
    ]  # fmt: skip
    list_filter = ["list", "made_at", "sent_at", "withdrawn_at"]
    search_fields = ["subject", "headline", "preheader", "slug"]
    search_backend_name = None
    ordering = ["-made_at"]
    index_view_class = ListOfIssues
    add_view_class = BeginFromList
    edit_view_class = WriteIssue
    delete_view_class = DeleteDraft
    edit_handler = ObjectList(
        [
            MultiFieldPanel(_LINES, heading=_("In the list of mails")),
            MultiFieldPanel(
                [
                    HelpPanel(template="appeals/fill_ins.html"),
                    FieldPanel("headline"),
                    FieldPanel("written_by"),
                    FieldPanel("body"),
                ],
                heading=_("The letter"),
            ),
        ],
        base_form_class=IssueForm,
    )


@permission_required("letters.add_issue", raise_exception=True)
def begin(request: HttpRequest) -> HttpResponse:
    """Which letter? Its draft is filled in, and opens."""
    lists = LetterList.objects.all()
    if request.method == "POST":
        letters = get_object_or_404(lists, pk=request.POST.get("list") or 0)
        issue = issues.begin(letters, actor_of(request))
        return redirect("letter_issues:edit", issue.pk)
    return render(request, "letters/desk_begin.html", {"lists": lists})


@permission_required(MAY_SEND, raise_exception=True)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then takes it out of the archive; or, where it is out, puts it back."""
    issue = get_object_or_404(Issue.objects.select_related("list"), pk=pk)
    is_out = issue.withdrawn_at is not None
    if request.method == "POST":
        change, done = (
            (issues.restore, _("It is in the archive again."))
            if is_out
            else (issues.withdraw, _("It is out of the archive. The mails that were sent can’t be called back."))
        )
        carry_out(request, lambda: change(issue, by=actor_of(request)), str(done))
        return redirect("letter_issues:edit", issue.pk)
    return render(request, "letters/desk_withdraw.html", {"issue": issue, "is_out": is_out})


@deeds.offer
def archive_deeds(issue: Issue, user: Any) -> Iterator[Deed]:
    """To look at it in the archive, to take it out, to put it back."""
    if issue.is_standing:
        yield Deed(str(_("See it in the archive")), issue.path, icon="view", priority=80)
    if issue.sent_at and user.has_perm(MAY_SEND):
        label = _("Put it back into the archive") if issue.withdrawn_at else _("Take it out of the archive")
        yield Deed(str(label), reverse("letter_issue_withdraw", args=[issue.pk]), icon="no-view", priority=90)


@hooks.register("before_delete_snippet")
def delete_several(request: HttpRequest, rows: list[Any]) -> HttpResponse | None:
    """Several at once are deleted by the same verb as one; when one of them has to stay, none goes."""
    found = [row for row in rows if isinstance(row, Issue)]
    by_itself = request.path == reverse("letter_issues:delete", args=[found[0].pk]) if found else True
    if by_itself or request.method != "POST":
        return None
    carry_out(request, lambda: _delete_all(found, actor_of(request)), str(_("The drafts are deleted.")))
    return redirect("letter_issues:list")


def _delete_all(found: list[Issue], by: Actor) -> None:
    with transaction.atomic():
        for issue in found:
            issues.delete(issue, by=by)
