"""Webhooks of mail providers: who signed them and what they say is read by anymail; what it means is said here."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from masthead.core import clock, config
from masthead.letters import suppression
from masthead.letters.models import Kind, RefusedReport

from .answers import kind_of

LARGEST = 1_000_000  # bytes of a webhook
MOST_EVENTS = 1_000  # in one of them


class NotGenuine(Exception):
    """The provider didn't sign it, or it can't be read: nothing of it is kept."""


@dataclass(frozen=True)
class Provider:
    """How a provider's webhooks are checked and read."""

    view: Callable[[config.Config], AnymailBaseWebhookView | None]
    kind: Callable[[AnymailTrackingEvent], Kind]
    identity: Callable[[AnymailTrackingEvent], str]


NOT_COUNTED = (EventType.OPENED, EventType.CLICKED, EventType.QUEUED, EventType.SENT)
"""Whether somebody opened a letter is nobody's business; that a provider has taken one is known already."""

EVENTS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.LEFT,
}
REASONS = {RejectReason.INVALID: Kind.INVALID, RejectReason.SPAM: Kind.COMPLAINED, RejectReason.UNSUBSCRIBED: Kind.LEFT}

POSTMARK = {
    "SoftBounce": Kind.SOFT,
    "SpamNotification": Kind.REFUSED,  # a filter's verdict on the letter; a reader's complaint is SpamComplaint
    "Blocked": Kind.REFUSED,
    "DMARCPolicy": Kind.REFUSED,
    "VirusNotification": Kind.REFUSED,
    "ManuallyDeactivated": Kind.OTHER,
    "BadEmailAddress": Kind.INVALID,
}
MAILGUN = {"suppress-bounce": Kind.INVALID, "suppress-complaint": Kind.COMPLAINED, "suppress-unsubscribe": Kind.LEFT}


def find(name: str) -> Provider | None:
    """The provider of this name, if its webhooks can be checked: the newsroom has set what that needs."""
    provider = PROVIDERS.get(name)
    return provider if provider is not None and provider.view(config.load()) is not None else None


def keep(name: str, request: HttpRequest) -> int:
    """Check a webhook whose body has been read, and keep what it tells, each event once. Commits before it returns.

    Raises NotGenuine; says how many events were new.
    """
    provider = PROVIDERS[name]
    view = provider.view(config.load())
    if view is None or request.content_type != "application/json":
        raise NotGenuine
    try:
        view.run_validators(request)
        events = view.parse_events(request)[:MOST_EVENTS]
        reports = [_heard(name, provider, event) for event in events if event.event_type not in NOT_COUNTED]
    except (AnymailWebhookValidationFailure, AnymailError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotGenuine from error
    return suppression.heard(*reports)


def count_refused(source: str) -> None:
    """Count a report that was not what it claimed to be."""
    with transaction.atomic():
        row, _ = RefusedReport.objects.get_or_create(source=source, day=clock.today())
        RefusedReport.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _heard(name: str, provider: Provider, event: AnymailTrackingEvent) -> suppression.Heard:
    text = " ".join(str(part) for part in (event.mta_response, event.description) if part)
    ours = event.metadata.get("letter") if isinstance(event.metadata, dict) else None
    return suppression.Heard(
        source=name,
        event_id=provider.identity(event),
        kind=provider.kind(event),
        address=str(event.recipient or ""),
        message_id=str(ours or event.message_id or ""),
        detail=text,
        at=event.timestamp,
    )


def _digest(event: AnymailTrackingEvent) -> str:
    told = json.dumps(event.esp_event, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


# --- Postmark: proven by a password in its address ---------------------------------------------------------


def _postmark(conf: config.Config) -> AnymailBaseWebhookView | None:
    password = conf.hooks_password.get_secret_value()
    return PostmarkTrackingWebhookView(webhook_secret=password) if password else None


def _postmark_kind(event: AnymailTrackingEvent) -> Kind:
    told: dict[str, Any] = event.esp_event or {}
    word = told.get("Type") or told.get("SuppressionReason") or ""
    if known := POSTMARK.get(word):
        return known
    if word == "HardBounce":
        meaning = kind_of("", str(event.mta_response or ""))
        return Kind.REFUSED if meaning == Kind.REFUSED else Kind.INVALID
    return EVENTS.get(event.event_type, Kind.OTHER)


# --- Mailgun: signs what it sends ---------------------------------------------------------------------------


def _mailgun(conf: config.Config) -> AnymailBaseWebhookView | None:
    key = conf.hooks_key.get_secret_value()
    return MailgunTrackingWebhookView(webhook_signing_key=key, webhook_secret=[]) if key else None


def _mailgun_kind(event: AnymailTrackingEvent) -> Kind:
    if known := EVENTS.get(event.event_type):
        return known
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return Kind.OTHER
    told = event.esp_event["event-data"]
    if known := MAILGUN.get(told.get("reason", "")) or REASONS.get(event.reject_reason):
        return known
    if event.event_type == EventType.REJECTED:
        return Kind.REFUSED
    status = told.get("delivery-status") or {}
    code = str(status.get("enhanced-code") or status.get("code") or "")
    return kind_of(code, f"{event.mta_response or ''} {event.description or ''}")


def _mailgun_identity(event: AnymailTrackingEvent) -> str:
    """Mailgun's id is its own only within a day, and the signature's token changes when it calls again."""
    told = event.esp_event["event-data"]
    return f"{told['id']}:{told['timestamp']}"


PROVIDERS = {
    "postmark": Provider(_postmark, _postmark_kind, _digest),
    "mailgun": Provider(_mailgun, _mailgun_kind, _mailgun_identity),
}
