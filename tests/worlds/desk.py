"""Somebody at the desk: signs in, and sends the forms that the desk's pages have."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from masthead.newsroom.models import SectionPage, StoryPage
from masthead.readers.models import StaffUser


class Desk(Client):
    """One member of staff in a browser."""

    def __init__(self, group: str | None = "Editors") -> None:
        host, _, port = settings.SITE_ADDRESS.partition("//")[2].partition(":")
        super().__init__(SERVER_NAME=host, SERVER_PORT=port or "80", headers={"origin": settings.SITE_ADDRESS})
        who = f"{(group or 'owner').lower()}@example.org"
        self.person = StaffUser.objects.filter(email=who).first() or StaffUser.objects.create_user(
            who, "a long password"
        )
        if group:
            self.person.groups.add(Group.objects.get(name=group))
        else:
            StaffUser.objects.filter(pk=self.person.pk).update(is_superuser=True)
        self.force_login(self.person)

    def writes(self, section: SectionPage, button: str | None = None, **typed: Any) -> Any:
        """Fills in the form for a new story and presses a button: None is 'Save draft'."""
        address = reverse("wagtailadmin_pages:add", args=("newsroom", "storypage", section.pk))
        return self.post(address, _typed(button, **typed), follow=True)

    def edits(self, story: StoryPage, button: str | None = None, **typed: Any) -> Any:
        """Fills in a story's form anew and presses a button."""
        return self.post(reverse("wagtailadmin_pages:edit", args=(story.pk,)), _typed(button, **typed), follow=True)


def _typed(button: str | None, **typed: Any) -> dict[str, Any]:
    form = {
        "title": "Four winters left",
        "slug": "four-winters-left",
        "standfirst": "",
        "bylines": inline_formset([{"person": "", "guest": guest} for guest in typed.pop("guests", ())]),
        "corrections": inline_formset([]),
        "comments": inline_formset([]),
        "body": streamfield([("paragraph", rich_text("<p>The pier will have to close.</p>"))]),
        "topics": "",
        **typed,
    }
    if button:
        form[button] = "1"
    return dict(nested_form_data(form))


def sentences_in(response: Any) -> str:
    """The words of a desk page, tags and all, for looking for a sentence."""
    return response.content.decode()
