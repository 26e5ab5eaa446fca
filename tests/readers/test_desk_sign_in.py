"""Staff sign in by password; nobody signs in by trying many."""

import pytest
from django.conf import settings as newsroom
from django.contrib.auth.models import Group
from django.test import Client

from masthead.readers import desk_sign_in
from masthead.readers.models import StaffUser

pytestmark = pytest.mark.django_db
PASSWORD = "four winters left"


@pytest.fixture(autouse=True)
def ida(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the others are slow on purpose
    person = StaffUser.objects.create_user("ida@example.org", PASSWORD)
    person.groups.add(Group.objects.get(name="Editors"))
    return person


def tries(password: str, address: str = "ida@example.org", network: str = "192.0.2.1"):
    client = Client(headers={"origin": newsroom.SITE_ADDRESS, "host": "localhost:8000"}, REMOTE_ADDR=network)
    return client.post("/desk/login/", {"username": address, "password": password})


def test_the_right_password_opens_the_desk():
    assert tries(PASSWORD)["Location"] == "/desk/"


def test_after_ten_wrong_ones_the_right_one_must_wait(clock):
    pages = [tries(f"wrong {number}").content.decode() for number in range(10)]

    refused = tries(PASSWORD)
    clock.forward(minutes=16)

    assert all("didn&#x27;t match" in page for page in pages)
    assert "That was tried too often" in refused.content.decode()
    assert tries(PASSWORD).status_code == 302


def test_one_address_is_not_tried_from_many_networks():
    for number in range(50):
        tries("wrong", address="Ida@example.org", network=f"198.51.100.{number}")

    assert "That was tried too often" in tries(PASSWORD).content.decode()


def test_who_mistypes_now_and_then_never_waits():
    for _ in range(3):
        for _ in range(9):
            tries("wrong")
        assert tries(PASSWORD).status_code == 302


def test_the_desk_uses_this_form():
    assert f"{desk_sign_in.SignInForm.__module__}.SignInForm" == newsroom.WAGTAILADMIN_USER_LOGIN_FORM
