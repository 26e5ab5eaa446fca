"""Webhooks of mail providers: checked, kept once, answered; weighed later."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import Client

from masthead.core import jobs
from masthead.core.jobs import RULES
from masthead.letters import suppression
from masthead.letters.models import Kind, RefusedReport, Report
from masthead.letters.returns import hooks, views
from tests.worlds.letters_lists import lists_of, on_list
from tests.worlds.letters_returns import (
    KEY,
    PASSWORD,
    by_mailgun,
    by_postmark,
    letter_to,
    named,
    settings,
    stopped,
)

pytestmark = pytest.mark.django_db

NO_SUCH_USER = {
    "severity": "permanent",
    "reason": "generic",
    "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "no such user", "description": ""},
}


@pytest.fixture(autouse=True)
def configured(db):
    with settings(hooks_password=PASSWORD, hooks_key=KEY):
        yield


@pytest.fixture
def letter():
    return letter_to(on_list("ada@example.org"))


def post(call: dict[str, Any]) -> int:
    return Client().post(call.pop("path"), **call).status_code


def kinds() -> list[str]:
    return list(Report.objects.order_by("pk").values_list("kind", flat=True))


def test_a_webhook_is_kept_before_it_is_answered_and_weighed_afterwards(letter):
    assert post(by_mailgun("failed", letter, **NO_SUCH_USER)) == 204
    assert (kinds(), stopped()) == (["invalid"], {})

    jobs.run_all()

    assert stopped() == {"ada@example.org": "invalid"}


def test_the_same_event_is_kept_once_however_often_it_is_sent(letter, clock):
    told = {"timestamp": 1_790_000_000.5, **NO_SUCH_USER}
    for _ in range(3):
        assert post(by_mailgun("failed", letter, **told)) == 204
        clock.forward(minutes=5)  # signed anew, as Mailgun does

    assert kinds() == ["invalid"]


@pytest.mark.parametrize(
    ("event", "more", "kind"),
    [
        ("delivered", {}, Kind.DELIVERED),
        ("complained", {}, Kind.COMPLAINED),
        ("unsubscribed", {}, Kind.LEFT),
        ("failed", NO_SUCH_USER, Kind.INVALID),
        ("failed", {"severity": "temporary", "reason": "generic"}, Kind.DELAYED),
        ("failed", {"severity": "permanent", "reason": "suppress-bounce"}, Kind.INVALID),
        ("failed", {"severity": "permanent", "reason": "suppress-complaint"}, Kind.COMPLAINED),
        ("failed", {"severity": "permanent", "reason": "suppress-unsubscribe"}, Kind.LEFT),
        ("failed", {"severity": "permanent", "reason": "old", "delivery-status": {"code": 602, "message": "Too old"}},
         Kind.SOFT),
        ("failed", {"severity": "permanent", "reason": "bounce",
                    "delivery-status": {"code": 550, "message": "5.7.1 blocked: poor reputation"}}, Kind.REFUSED),
        ("failed", {"severity": "permanent", "reason": "bounce",
                    "delivery-status": {"code": 552, "message": "5.2.2 mailbox full"}}, Kind.SOFT),
        ("rejected", {"reject": {"reason": "Sandbox"}}, Kind.REFUSED),
    ],
)  # fmt: skip
def test_what_mailgun_says_means(letter, event, more, kind):
    assert post(by_mailgun(event, letter, **more)) == 204

    assert kinds() == [kind]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Details": "smtp;550 5.1.1 unknown"}, Kind.INVALID),
        ({"RecordType": "Bounce", "Type": "HardBounce", "ID": 43, "Details": "smtp;550 5.7.1 policy"}, Kind.REFUSED),
        ({"RecordType": "Bounce", "Type": "SoftBounce", "ID": 44, "Details": "mailbox full"}, Kind.SOFT),
        ({"RecordType": "Bounce", "Type": "Transient", "ID": 45}, Kind.DELAYED),
        ({"RecordType": "Bounce", "Type": "Blocked", "ID": 46}, Kind.REFUSED),
        ({"RecordType": "Bounce", "Type": "SpamNotification", "ID": 47}, Kind.REFUSED),
        ({"RecordType": "Bounce", "Type": "BadEmailAddress", "ID": 48}, Kind.INVALID),
        ({"RecordType": "Bounce", "Type": "AutoResponder", "ID": 49}, Kind.OTHER),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 50}, Kind.COMPLAINED),
        ({"RecordType": "Delivery", "DeliveredAt": "2026-10-05T16:33:54.9070259Z"}, Kind.DELIVERED),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
         Kind.LEFT),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False}, Kind.OTHER),
    ],
)  # fmt: skip
def test_what_postmark_says_means(letter, told, kind):
    for _ in range(2):
        assert post(by_postmark(letter, **told)) == 204

    assert kinds() == [kind]


def test_postmark_knows_the_letter_by_what_was_sent_with_it(letter):
    told = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 50, "Metadata": {"letter": named(letter)}}

    post(by_postmark(letter, **told))
    jobs.run_all()

    assert (lists_of(letter.reader), stopped()) == (set(), {"ada@example.org": "complained"})


def test_who_opened_a_letter_is_not_kept(letter):
    assert post(by_mailgun("opened", letter)) == 204
    assert post(by_mailgun("clicked", letter, url="https://haverness.example/")) == 204
    assert post(by_postmark(letter, RecordType="Open")) == 204

    assert kinds() == []


def test_what_is_not_proven_is_counted_and_not_kept(letter):
    genuine = by_mailgun("complained", letter)
    swapped = json.loads(genuine["data"])
    swapped["signature"]["timestamp"] = "1"
    tried = [
        by_mailgun("complained", letter, key="another key"),
        {**genuine, "data": json.dumps(swapped)},
        {**genuine, "data": b"\xff\xfe"},
        {**genuine, "data": json.dumps({"signature": swapped["signature"]})},
        {**genuine, "data": "[]"},
        {**genuine, "data": "a=b", "content_type": "application/x-www-form-urlencoded"},
        {**genuine, "data": json.dumps({**json.loads(genuine["data"]), "event-data": {}})},
    ]

    assert [post(dict(call)) for call in tried] == [400] * len(tried)
    assert [post(by_postmark(letter, password=wrong)) for wrong in ("postmark:guess", "", ":")] == [400] * 3

    assert kinds() == []
    assert dict(RefusedReport.objects.values_list("source", "count")) == {"mailgun": len(tried), "postmark": 3}


def test_a_provider_without_a_secret_and_an_unknown_one_find_no_door(letter):
    with settings(hooks_password="", hooks_key=""):
        assert [post(by_mailgun("complained", letter)), post(by_postmark(letter, RecordType="Bounce"))] == [404, 404]
    assert Client().post("/hooks/letters/pigeon/", b"{}", content_type="application/json").status_code == 404
    assert Client().get("/hooks/letters/mailgun/").status_code == 405


def test_a_webhook_of_two_megabytes_is_refused_unread(letter):
    call = by_mailgun("complained", letter)

    assert post({**call, "data": b" " * 2_000_000}) == 413
    assert RefusedReport.objects.count() == 0


def test_a_body_that_hides_its_size_is_not_read_to_its_end(db):
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", b"application/json")]}
    body = BytesIO(b"x" * 1_500_000)

    answer = views.hook(ASGIRequest(scope, body), "mailgun")

    assert (answer.status_code, body.tell()) == (413, hooks.LARGEST + 1)


def test_what_a_fault_left_behind_is_weighed_by_the_clock(letter):
    post(by_mailgun("complained", letter))
    Report.objects.update(weighed_at=None)

    suppression.weigh_the_rest()

    assert stopped() == {"ada@example.org": "complained"}
    assert "masthead.letters.suppression.weigh_the_rest" in RULES


def test_many_are_weighed_in_several_jobs(letter):
    letters = [letter_to(on_list(f"r{number}@example.org")) for number in range(3)]
    for one in letters:
        post(by_mailgun("complained", one, number=f"c{one.pk}"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "AT_ONCE", 2)
        jobs.run_all()

    assert len(stopped()) == 3
