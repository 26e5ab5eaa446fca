"""Accounts seen from the desk."""

import pytest
from django.test import Client

from masthead.core.models import AuditRecord
from masthead.readers.models import Reader, StaffUser
from tests.worlds.readers import reader

pytestmark = pytest.mark.django_db

LIST = "/desk/snippets/readers/reader/"


@pytest.fixture
def editor() -> Client:
    """A browser of somebody who may do everything at the desk."""
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000", headers={"origin": "http://localhost:8000"})
    browser.force_login(StaffUser.objects.create_superuser("helen@example.org", "a long password"))
    return browser


def test_an_account_is_found_by_its_address_and_exported(editor):
    reader("ada@example.org")
    reader("bo@example.org")

    found = editor.get(f"{LIST}?q=ada").content.decode()
    exported = b"".join(editor.get(f"{LIST}?export=csv").streaming_content).decode()

    assert ("ada@example.org" in found, "bo@example.org" in found) == (True, False)
    assert len(exported.splitlines()) == 3
    assert [row.facts["how"] for row in AuditRecord.objects.filter(action="readers.seen").order_by("pk")] == [
        "listed", "exported",
    ]  # fmt: skip


def test_the_desk_looks_at_accounts_and_changes_none(editor):
    ada = reader("ada@example.org")

    looked = editor.get(f"{LIST}inspect/{ada.pk}/")
    editor.post(f"{LIST}edit/{ada.pk}/", {"email": "mallory@example.org"})
    editor.post(f"{LIST}delete/{ada.pk}/")
    editor.post(f"{LIST}add/", {"email": "new@example.org"})

    assert "ada@example.org" in looked.content.decode()
    assert list(Reader.objects.values_list("email", flat=True)) == ["ada@example.org"]


def test_a_visitor_does_not_get_to_the_desk():
    reader("ada@example.org")

    answer = Client(SERVER_NAME="localhost", SERVER_PORT="8000").get(LIST)

    assert answer.status_code == 302
    assert "/desk/login/" in answer["Location"]
