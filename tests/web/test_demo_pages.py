"""A demonstration's mailbox and clock: there in a demonstration, nowhere else."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from masthead.core import clock as the_clock
from masthead.core import jobs
from masthead.core.models import Rule
from tests.worlds.readers import Browser, code_sent_to, mail_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(clock) -> Iterator[None]:
    """This newsroom's folder is one that `masthead demo` made."""
    mark = settings.CONFIG.home / "this-is-a-demo"
    mark.touch()
    yield
    mark.unlink()


@pytest.mark.parametrize("path", ["/demo/mail/", "/demo/mail/1/", "/demo/clock/"])
def test_a_real_newsroom_has_no_such_pages(path):
    Browser().asks_for_code("ada@example.org")

    assert Browser().get(path).status_code == 404
    assert Browser().post(path).status_code == 404


def test_in_a_demonstration_codes_are_read_on_the_mail_page(demonstration):
    Browser().asks_for_code("ada@example.org")
    Browser().asks_for_code("bo@example.org")

    listed = Browser().get("/demo/mail/").content.decode()
    shown = Browser().get(f"/demo/mail/{mail_to('ada@example.org')[0].pk}/").content.decode()
    of_bo = Browser().get("/demo/mail/?to=bo@").content.decode()

    assert listed.index("bo@example.org") < listed.index("ada@example.org")
    assert code_sent_to("ada@example.org") in shown
    assert f'<a href="{settings.SITE_ADDRESS}/account/sign-in/' in shown
    assert "ada@example.org" not in of_bo


def test_a_mail_shows_words_and_never_runs_what_somebody_typed(demonstration):
    Browser().asks_for_code("ada@example.org")
    message = mail_to("ada@example.org")[0]
    message.text = "<script>alert(1)</script>"
    message.save()

    assert "<script>alert(1)" not in Browser().get(f"/demo/mail/{message.pk}/").content.decode()


def test_the_mailbox_has_pages(demonstration):
    from masthead.core.models import Message

    Message.objects.bulk_create(
        Message(key=str(n), to="ada@example.org", subject=f"Number {n}", text="", queued_at=the_clock.now())
        for n in range(120)
    )

    first, last = (Browser().get(f"/demo/mail/?page={n}&to=ada@").content.decode() for n in (1, 3))

    assert "Number 119" in first
    assert "?page=2&amp;to=ada%40" in first
    assert "Page 3 of 3" in last
    assert "Number 0" in last


@pytest.mark.parametrize(("step", "days"), [("day", 1), ("week", 7)])
def test_the_clock_page_moves_time_on_and_has_the_clocks_rules_run(demonstration, step, days):
    jobs.tick()
    jobs.run_all()
    before, due = the_clock.now(), Rule.objects.order_by("-due_at").first()

    answer = Browser().post("/demo/clock/", {"step": step}, follow=True)

    assert round((the_clock.now() - before).total_seconds() / 86400) == days
    due.refresh_from_db()
    assert due.due_at > before
    assert "has passed" in answer.content.decode()
    assert jobs.run_all() > 0


def test_looking_at_the_clock_moves_nothing_and_a_made_up_step_neither(demonstration):
    before = the_clock.offset()

    Browser().get("/demo/clock/?step=month")
    Browser().post("/demo/clock/", {"step": "-1"})

    assert the_clock.offset() == before
