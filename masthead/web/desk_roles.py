"""The page that says what each role does, and who has it; and the roles in words where somebody is invited."""

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from masthead.readers import guarded
from masthead.readers.models import StaffUser
from masthead.web.roles import ADMINISTRATORS, ADMINISTRATORS_DO, ROLES


def page(request: HttpRequest) -> HttpResponse:
    """Every role, ours in plain words and those that the newsroom made, with the people who have it."""
    active = StaffUser.objects.filter(is_active=True).order_by("first_name", "last_name", "email")
    people: dict[str, list[str]] = {ADMINISTRATORS: [_name(one) for one in active if one.is_superuser]}
    for one in active.prefetch_related("groups"):
        for group in one.groups.all():
            people.setdefault(group.name, []).append(_name(one))
    roles = [_row(name, people) for name in ROLES]
    roles += [_made_here(group, people) for group in Group.objects.exclude(name__in=ROLES).order_by("name")]
    roles.append({"name": ADMINISTRATORS, "does": ADMINISTRATORS_DO, "guarded": True, "people": people[ADMINISTRATORS]})
    context = {"roles": roles, "may_invite": request.user.has_perm("readers.add_staffuser")}
    return render(request, "desk/roles.html", context)


def _row(name: str, people: dict[str, list[str]]) -> dict[str, Any]:
    role = ROLES[name]
    return {
        "name": name,
        "does": role.does,
        "never": role.never,
        "guarded": guarded.any_guarded(role.rights),
        "people": people.get(name, []),
    }


def _made_here(group: Group, people: dict[str, list[str]]) -> dict[str, Any]:
    rights = [
        (f"{right.content_type.app_label}.{right.codename}", right.name)
        for right in group.permissions.select_related("content_type")
    ]
    return {
        "name": group.name,
        "does": "; ".join(words for _, words in rights) or "Nothing yet.",
        "guarded": guarded.any_guarded(right for right, _ in rights),
        "people": people.get(group.name, []),
    }


class _InWords:
    """Roles to choose from say what they are."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "groups" in self.fields:
            self.fields["groups"].label = "Roles"
            self.fields["groups"].label_from_instance = _in_words
            self.fields["groups"].help_text = "One person may have several."


def _in_words(group: Group) -> str:
    return f"{group.name}: {ROLES[group.name].does}" if group.name in ROLES else group.name


class InvitationForm(_InWords, UserCreationForm):
    """Wagtail's form for a new user."""


class ColleagueForm(_InWords, UserEditForm):
    """Wagtail's form for one who is there."""


class Users(UserViewSet):
    """Wagtail's pages of users, with roles in plain words."""

    def get_form_class(self, for_update: bool = False) -> Any:
        return ColleagueForm if for_update else InvitationForm


def _name(person: StaffUser) -> str:
    return person.get_full_name() or person.email
