import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.apps import apps
from django.core import mail as outbox
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from masthead.core import jobs, mail
from masthead.core.models import Message
from masthead.core.refusals import Trouble

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_template(tmp_path, monkeypatch):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "hello.txt").write_text("Hello {{ name }}\n\nGood to see you, {{ name }}.\n")
    monkeypatch.setattr(apps.get_app_config("core"), "path", str(tmp_path))


def test_a_mail_is_written_down_once_and_sent_once(a_template):
    mail.queue("core/hello", "ada@example.org", {"name": "Ada & Bob"}, key="hello:1")
    mail.queue("core/hello", "ada@example.org", {"name": "Ada & Bob"}, key="hello:1")

    jobs.run_all()
    jobs.run_all()

    (sent,) = outbox.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["ada@example.org"],
        "Hello Ada & Bob",
        "Good to see you, Ada & Bob.\n",
    )


def test_a_repeat_after_a_crash_carries_the_same_message_id(a_template):
    message = mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key="hello:1")
    mail.deliver(message.pk)
    Message.objects.update(sent_at=None)

    mail.deliver(message.pk)

    first, second = (sent.extra_headers["Message-ID"] for sent in outbox.outbox)
    assert first == second


def test_a_mail_server_that_is_away_delays_and_does_not_lose(a_template, monkeypatch):
    message = mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key="hello:1")

    def refuses(self, messages):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuses)
        with pytest.raises(Trouble):
            mail.deliver(message.pk)

    message.refresh_from_db()
    assert (message.sent_at, message.error) == (None, "SMTPServerDisconnected: ")
    mail.deliver(message.pk)
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize(("code", "is_tried_again"), [(450, True), (550, False)])
def test_an_address_that_the_mail_server_does_not_know_is_not_tried_for_days(
    a_template, monkeypatch, code, is_tried_again
):
    message = mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key="hello:1")

    def refuses(self, messages):
        raise smtplib.SMTPRecipientsRefused({"ada@example.org": (code, b"no such box")})

    with monkeypatch.context() as strict:
        strict.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuses)
        jobs.run_row(jobs.claim_next(("now",), "worker-1"))

    message.refresh_from_db()
    assert (message.sent_at, str(code) in message.error) == (None, True)
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists() == is_tried_again
    assert "ada@example.org" not in str(list(DBTaskResult.objects.values()))


def test_mails_go_thirty_days_after_they_were_sent_or_were_never_taken(a_template, clock):
    for key in ("sent", "never taken", "new"):
        clock.forward(days=20 if key == "new" else 0)
        mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key=key)
    Message.objects.filter(key="sent").update(sent_at=clock.now() - timedelta(days=20))

    clock.forward(days=11)
    mail.forget_sent()

    assert [message.key for message in Message.objects.all()] == ["new"]


def test_a_line_break_in_a_subject_adds_no_header(a_template):
    message = mail.queue("core/hello", "ada@example.org", {"name": "Ada\nBcc: eve@example.org"}, key="hello:1")

    assert message.subject == "Hello Ada"


def test_a_file_goes_with_its_mail_as_it_was_written_down(a_template):
    calendar = mail.Attachment("call.ics", "calendar", "SUMMARY:Größe\r\n", {"method": "REQUEST"})
    mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key="hello:1", attachments=[calendar])

    jobs.run_all()

    part = message_from_bytes(outbox.outbox[0].message().as_bytes(), policy=policy.default).get_payload()[-1]
    assert (part.get_content_type(), part["Content-Type"].params["method"]) == ("text/calendar", "REQUEST")
    assert (part.get_filename(), part.get_content()) == ("call.ics", "SUMMARY:Größe\r\n")


def test_what_goes_to_many_does_not_stand_before_a_code(a_template):
    mail.queue("core/hello", "many@example.org", {"name": "all"}, key="hello:1", worker="later")
    mail.queue("core/hello", "ada@example.org", {"name": "Ada"}, key="hello:2")

    while (row := jobs.claim_next(jobs.QUEUES["now"], "now")) is not None:
        jobs.run_row(row)

    assert [sent.to for sent in outbox.outbox] == [["ada@example.org"]]
    jobs.run_all()
    assert [sent.to for sent in outbox.outbox] == [["ada@example.org"], ["many@example.org"]]
