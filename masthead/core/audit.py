"""The audit log: who did what to what, each action registered with the sentence that shows it."""

from typing import Any

from django.db.models import Model

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord

SENTENCES: dict[str, str] = {}


def register(action: str, sentence: str) -> None:
    """Make `action` known; `sentence` shows it, with {by}, {subject} and the facts by name to be filled in."""
    SENTENCES[action] = sentence


def subject_of(thing: Model | str) -> str:
    """How a row is referred to in the log: `giving.pledge:17`."""
    return thing if isinstance(thing, str) else f"{thing._meta.label_lower}:{thing.pk}"


def record(action: str, subject: Model | str, *, by: Actor, **facts: Any) -> AuditRecord:
    """Write one line. Facts are numbers, dates and references; never names, addresses or what people wrote.

    Raises KeyError when nobody registered the action.
    """
    if action not in SENTENCES:
        raise KeyError(f"audit action {action!r} is not registered")
    plain = {name: value if isinstance(value, (int, bool, type(None))) else str(value) for name, value in facts.items()}
    return AuditRecord.objects.create(
        at=clock.now(), action=action, by=str(by), subject=subject_of(subject), facts=plain
    )


def sentence_for(record: AuditRecord) -> str:
    """The line as people read it."""
    facts = {"by": record.by, "subject": record.subject, **record.facts}
    try:
        return SENTENCES.get(record.action, record.action).format_map(facts)
    except KeyError:
        return f"{record.action}: {record.subject}"
