"""Lists and the people on them, at the desk: found by address when somebody writes in, and taken off on request."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from masthead.core import audit
from masthead.core.refusals import Refusal
from masthead.letters import audience, lists, subscribing
from masthead.letters.models import Left, LetterList, SignUp, Subscription
from masthead.membership.models import Benefit
from masthead.money.desk import RowsToLookAt
from masthead.readers.desk_seen import AddressesSeen
from masthead.readers.models import Reader

MENU = "register_letters_menu_item"

audit.register("letters.people_seen", "{by} looked at who gets {subject} ({how})")
audit.register("letters.joined_and_left_seen", "{by} looked at who joined and left lists ({how})")
audit.register("letters.sign_ups_seen", "{by} looked at sign-ups ({how})")


class ListForm(WagtailAdminModelForm):
    """A list's form: who may have it is chosen by name."""

    benefit = forms.ChoiceField(
        label=_("Who gets it"),
        required=False,
        help_text=_("Supporters get theirs by themselves, from the minute they may to the minute they may not."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        supporters = [(benefit.code, _("Supporters: %s") % benefit.name) for benefit in Benefit.objects.all()]
        self.fields["benefit"].choices = [("", _("Anybody who signs up, free")), *supporters]

    def clean(self) -> dict[str, Any]:
        """Say at once what the verb would refuse."""
        cleaned: dict[str, Any] = super().clean()
        stored = LetterList.objects.filter(pk=self.instance.pk).first()
        if stored and cleaned.get("benefit", stored.benefit) != stored.benefit and lists.has_readers(stored):
            self.add_error("benefit", lists.HasReaders(list=stored.name).for_people)
        if stored and cleaned.get("slug", stored.slug) != stored.slug and lists.has_sent(stored):
            self.add_error("slug", lists.AddressInUse(list=stored.name).for_people)
        return cleaned


class StartList(CreateView):
    """A new list, by the verb."""

    def save_instance(self) -> LetterList:
        return lists.start(self.form.save(commit=False), by=self.request.user.actor)


class ChangeList(EditView):
    """A list's form, by the verb."""

    def save_instance(self) -> LetterList:
        self.has_content_changes = self.form.has_changed()
        return lists.change(self.form.save(commit=False), by=self.request.user.actor)


class DeleteList(DeleteView):
    """Asks, then deletes what was never used; anything else is refused with the reason."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            lists.delete(self.object, by=self.request.user.actor)
        except Refusal as refusal:
            messages.error(self.request, refusal.for_people)
            return redirect(reverse(self.index_url_name))
        messages.success(self.request, self.get_success_message())
        return redirect(self.get_success_url())


class ListOfLists(IndexView):
    """The lists, with how many are on each."""

    def get_base_queryset(self) -> Any:
        return audience.with_sizes(super().get_base_queryset())

    def get_list_more_buttons(self, instance: LetterList) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.request.user.has_perm("letters.view_subscription"):
            url = reverse("letter_list_people", args=[instance.pk])
            buttons.append(MenuItem(_("Who gets it"), url=url, icon_name="group", priority=30))
        return buttons


def _who(letters: LetterList) -> Any:
    return _("anybody, free") if letters.is_free else _("supporters")


class LetterListViewSet(ModelViewSet):
    """The letters that people can get."""

    model = LetterList
    icon = "list-ul"
    menu_label = _("Lists")
    menu_hook = MENU
    menu_order = 20
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    list_display = [
        "name",
        Column("who", label=_("For"), accessor=_who),
        Column("people", label=_("People now"), sort_key="people"),
        Column("rhythm", label=_("Promised"), accessor=lambda letters: letters.get_rhythm_display()),
        "is_open",
        Column("path", label=_("Address")),
    ]
    list_export = ["name", "slug", "sentence", "benefit", "rhythm", "people", "is_open", "sender_name", "reply_to"]
    list_filter = ["is_open", "rhythm"]
    search_fields = ["name", "slug", "sentence"]
    index_view_class = ListOfLists
    add_view_class = StartList
    edit_view_class = ChangeList
    delete_view_class = DeleteList
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("slug"), FieldPanel("sentence")], heading=_("The letter")),
            MultiFieldPanel([FieldPanel("benefit"), FieldPanel("is_open")], heading=_("Who gets it")),
            FieldRowPanel([FieldPanel("rhythm"), FieldPanel("position")]),
            MultiFieldPanel([FieldPanel("sender_name"), FieldPanel("reply_to")], heading=_("From whom")),
            FieldPanel("counts_clicks"),
        ],
        base_form_class=ListForm,
    )


class PeopleOnList(AddressesSeen):
    """Who gets one list's letters now, a supporters' one too; with search, pages and CSV."""

    model = Reader
    seen_as = "letters.people_seen"
    page_title = _("Who gets it")
    header_icon = "group"
    template_name = "wagtailadmin/generic/index.html"
    any_permission_required = ["view"]
    paginate_by = 50
    default_ordering = "email"
    search_fields = ["email", "name"]
    list_filter = {"created_at": ["date__gte", "date__lte"]}
    list_display = ["email", "name", DateColumn("created_at", label=_("Account since"), sort_key="created_at")]
    list_export = ["reference", "email", "name", "created_at"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("letters.view_subscription"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    @cached_property
    def letters(self) -> LetterList:
        """The list whose people these are."""
        return get_object_or_404(LetterList, pk=self.kwargs["pk"])

    def get_base_queryset(self) -> Any:
        return audience.of(self.letters)

    @property
    def seen_of(self) -> LetterList:
        return self.letters

    def get_page_subtitle(self) -> str:
        return self.letters.name

    def get_list_more_buttons(self, instance: Reader) -> list[Any]:
        return take_off_buttons(self.request.user, self.letters, instance)

    def get_index_url(self) -> str:
        return reverse("letter_list_people", args=[self.letters.pk])

    def get_index_results_url(self) -> str:
        return reverse("letter_list_people_results", args=[self.letters.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        trail = [{"url": reverse("letterlist:index"), "label": _("Lists")}, {"url": "", "label": self.letters.name}]
        return [*self.breadcrumbs_items, *trail]

    def get_filename(self) -> str:
        return f"{self.letters.slug}-people"


class SubscriptionList(AddressesSeen):
    """Who decided what, with a button to take somebody off on request."""

    seen_as = "letters.joined_and_left_seen"

    def get_base_queryset(self) -> Any:
        proof = {name: F(f"consent__{name}") for name in ("asked_at", "confirmed_at", "page")}
        return super().get_base_queryset().annotate(**proof)

    def get_list_more_buttons(self, instance: Subscription) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.left_at is None:
            buttons += take_off_buttons(self.request.user, instance.list, instance.reader)
        return buttons


class InspectSubscription(InspectView):
    """What one reader decided about one list, with the proof that they asked for it."""

    def get_fields_context(self) -> list[dict[str, Any]]:
        audit.record("letters.joined_and_left_seen", self.object, by=self.request.user.actor, how="one of them")
        proof = self.object.consent
        if proof is None:
            none = _("None: by the grants ledger, or joined at the desk")
            return [*super().get_fields_context(), {"label": _("Consent"), "value": none}]
        found = [
            {"label": _("Words that were shown"), "value": proof.words},
            {"label": _("On the page"), "value": proof.page},
            {"label": _("Asked"), "value": proof.asked_at},
            {"label": _("Confirmed"), "value": proof.confirmed_at or _("No: ticked behind a link in a letter")},
        ]
        return [*super().get_fields_context(), *found]


class SubscriptionViewSet(RowsToLookAt):
    """Who joined and who left; of a supporters' list only who opted out of it."""

    model = Subscription
    icon = "group"
    menu_label = _("Joined and left")
    menu_hook = MENU
    menu_order = 30
    joined = ("list", "reader", "consent")
    list_display = [
        "reader__email",
        "list",
        DateColumn("joined_at", label=_("Joined"), sort_key="joined_at"),
        DateColumn("left_at", label=_("Left"), sort_key="left_at"),
        Column("left_how", label=_("How"), accessor=lambda row: row.get_left_how_display()),
    ]
    list_filter = {
        "list": ["exact"],
        "left_at": ["isnull"],
        "left_how": ["exact"],
        "joined_at": ["date__gte", "date__lte"],
    }
    list_export = [
        "list.slug",
        "reader.reference",
        "reader.email",
        "joined_at",
        "left_at",
        "left_how",
        "asked_at",
        "confirmed_at",
        "page",
    ]
    search_fields = ["reader__email", "reader__name"]
    index_view_class = SubscriptionList
    inspect_view_class = InspectSubscription
    inspect_view_fields = ["list", "reader", "joined_at", "left_at", "left_how"]


class ListOfSignUps(AddressesSeen):
    """Who asked, in these seven days."""

    seen_as = "letters.sign_ups_seen"


class InspectSignUp(InspectView):
    """One of them."""

    def get_fields_context(self) -> list[dict[str, Any]]:
        audit.record("letters.sign_ups_seen", self.object, by=self.request.user.actor, how="one of them")
        found: list[dict[str, Any]] = super().get_fields_context()
        return found


class SignUpViewSet(RowsToLookAt):
    """Who typed an address in these seven days, and whether its owner confirmed."""

    model = SignUp
    index_view_class = ListOfSignUps
    icon = "mail"
    menu_label = _("Sign-ups")
    menu_hook = MENU
    menu_order = 40
    list_display = ["email", "asked_at", "confirmed_at", "page"]
    list_filter = {"confirmed_at": ["isnull"], "asked_at": ["date__gte", "date__lte"]}
    list_export = ["email", "asked_at", "confirmed_at", "page", "words"]
    search_fields = ["email", "page"]
    index_view_class = ListOfSignUps
    inspect_view_class = InspectSignUp
    inspect_view_fields = ["email", "lists", "asked_at", "confirmed_at", "page", "words"]


def take_off_buttons(user: Any, letters: LetterList, reader: Reader) -> list[MenuItem]:
    """The button that takes a reader off a list, for who may."""
    if not user.has_perm("letters.change_subscription"):
        return []
    url = reverse("letter_take_off", args=[letters.pk, reader.pk])
    return [MenuItem(_("Take off the list"), url=url, icon_name="cross", priority=30)]


@permission_required("letters.change_subscription", raise_exception=True)
def take_off(request: HttpRequest, pk: int, reader_pk: int) -> HttpResponse:
    """Asks, then takes somebody off a list who asked the newsroom for it."""
    letters = get_object_or_404(LetterList, pk=pk)
    reader = get_object_or_404(audience.of(letters), pk=reader_pk)
    if request.method == "POST":
        subscribing.leave(reader, letters, Left.DESK, by=request.user.actor)  # type: ignore[union-attr]
        messages.success(request, _("%(reader)s is off the list.") % {"reader": reader.email})
        return redirect("letter_list_people", letters.pk)
    return render(request, "letters/take_off.html", {"list": letters, "reader": reader})
