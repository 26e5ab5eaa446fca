"""The first editor lets others in: a user is added on the desk, and the colleague chooses a password by e-mail."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from masthead.readers.models import StaffUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    """The first editor, signed in at the desk."""
    helen = StaffUser.objects.create_superuser(email="helen@courier.example", password="customs row 11")
    client.force_login(helen)
    return client


def test_a_colleague_is_invited_and_chooses_a_password(editor):
    origin = {"HTTP_ORIGIN": settings.SITE_ADDRESS, "HTTP_HOST": settings.SITE_ADDRESS.partition("://")[2]}
    made_up = "a long one that nobody keeps"
    person = {"email": "daniel@courier.example", "first_name": "Daniel", "last_name": "Osei", "is_active": "on"}
    editor.post(reverse("wagtailusers_users:add"), {**person, "password1": made_up, "password2": made_up}, **origin)
    daniel = Client(**origin)

    daniel.post(reverse("wagtailadmin_password_reset"), {"email": "daniel@courier.example"})
    link = re.search(r"https?://[^/]+(/desk/\S+)", mail.outbox[0].body)[1]
    form = daniel.get(link, follow=True)
    daniel.post(form.redirect_chain[-1][0], {"new_password1": "eleven crossings", "new_password2": "eleven crossings"})

    assert daniel.login(username="daniel@courier.example", password="eleven crossings")
