"""Export and erasure by the reader."""

import json

import pytest

from masthead.core import jobs
from masthead.core.models import AuditRecord, Message
from masthead.readers.models import Device, Reader, SignInCode
from tests.worlds.readers import Browser

pytestmark = pytest.mark.django_db


def everywhere(words: str) -> list[str]:
    """The tables of readers and core in which these words stand."""
    tables = (Reader, Device, SignInCode, Message, AuditRecord)
    return [table.__name__ for table in tables if words in str(list(table.objects.values()))]


def test_a_reader_downloads_what_is_held_of_them():
    browser = Browser().signs_in("ada@example.org")

    answer = browser.post("/account/privacy/export/")

    account = json.loads(answer.content)["account"]
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert account["email"] == "ada@example.org"
    assert [message["subject"].partition(":")[0] for message in account["messages"]] != []
    assert "bo@example.org" not in answer.content.decode()


def test_erasing_asks_first():
    browser = Browser().signs_in("ada@example.org")

    page = browser.get("/account/privacy/erase/").content.decode()

    assert "This cannot be undone" in page
    assert "ada@example.org" in page
    assert browser.is_signed_in


def test_an_erased_reader_leaves_a_bare_reference():
    browser, other = Browser().signs_in("ada@example.org"), Browser().signs_in("bo@example.org")
    assert "Message" in everywhere("ada@example.org")

    answer = browser.post("/account/privacy/erase/")

    assert "Your account is erased" in answer.content.decode()
    assert everywhere("ada@example.org") == []
    assert Reader.objects.filter(erased_at__isnull=False).count() == 1
    assert not browser.is_signed_in
    assert other.is_signed_in


def test_who_was_erased_may_come_back_as_somebody_new():
    browser = Browser().signs_in("ada@example.org")
    browser.post("/account/privacy/erase/")
    jobs.run_all()

    browser.signs_in("ada@example.org")

    assert browser.is_signed_in
    assert Reader.objects.living().count() == 1
    assert Reader.objects.count() == 2
