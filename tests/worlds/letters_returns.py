"""Letters that went out, and what comes back of them, as providers tell it."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr

from masthead.core import clock, config, jobs
from masthead.letters import identities, suppression
from masthead.letters.models import Delivery, Issue, Kind, Mailing, Suppression
from masthead.readers.models import Reader
from tests.worlds.letters_lists import WEEK, the

PASSWORD, KEY = "postmark:cobble and salt", "key-of-a-webhook"


@contextmanager
def settings(**changed: Any) -> Iterator[config.Config]:
    """Other settings of the machine, until the end of the block."""
    secrets = {name: SecretStr(value) for name, value in changed.items() if name in config.SECRETS}
    before, made = config.load, config.load().model_copy(update=changed | secrets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "load", lambda: made)
        yield made
    assert config.load is before


def letter_to(who: Reader, *, of: str = WEEK, address: str = "", at: datetime | None = None) -> Delivery:
    """A letter of its own that the mail server took for somebody."""
    moment = at or clock.now()
    number = Issue.objects.count() + 1
    issue = Issue.objects.create(
        list=the(of),
        slug=f"issue-{number}",
        subject=f"Issue {number}",
        headline="Tides",
        made_at=moment,
        sent_at=moment,
    )
    mailing = Mailing.objects.create(issue=issue, send_at=moment, asked_by="staff:1", frozen_at=moment, begun_at=moment)
    return Delivery.objects.create(
        mailing=mailing, reader=who, address=address or who.email, edition="public", state="sent", sent_at=moment
    )


def named(delivery: Delivery) -> str:
    """The Message-ID of that letter."""
    return identities.message_id(delivery.mailing_id, delivery.reader_id)


def tell(*reports: suppression.Heard) -> None:
    """Have reports heard and weighed."""
    suppression.heard(*reports)
    jobs.run_all()


def report(kind: Kind, about: Delivery, **more: Any) -> suppression.Heard:
    """A report about a letter."""
    identity = f"{kind}:{about.pk}:{more.get('at', '')}"
    return suppression.Heard(**{
        "source": "mailgun", "event_id": identity, "kind": kind, "address": about.address, "message_id": named(about),
        **more,
    })  # fmt: skip


def stopped() -> dict[str, str]:
    """The addresses that get no letters, and why."""
    return dict(Suppression.objects.standing().order_by("address").values_list("address", "reason"))


def by_mailgun(event: str, about: Delivery, *, number: str = "e1", key: str = KEY, **more: Any) -> dict[str, Any]:
    """A webhook of Mailgun, signed: what a test client is to post."""
    stamp = str(int(clock.time()))
    token = f"{number}{stamp}".rjust(50, "0")
    told = {
        "signature": {
            "timestamp": stamp,
            "token": token,
            "signature": hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest(),
        },
        "event-data": {
            "event": event,
            "id": number,
            "timestamp": clock.time(),
            "recipient": about.address,
            "message": {"headers": {"message-id": named(about)}},
            **more,
        },
    }
    return {"path": "/hooks/letters/mailgun/", "data": json.dumps(told), "content_type": "application/json"}


def by_postmark(about: Delivery, *, password: str = PASSWORD, **told: Any) -> dict[str, Any]:
    """A webhook of Postmark with its password: what a test client is to post."""
    body = {"Email": about.address, "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", **told}
    return {
        "path": "/hooks/letters/postmark/",
        "data": json.dumps(body),
        "content_type": "application/json",
        "headers": {"Authorization": "Basic " + b64encode(password.encode()).decode()},
    }
