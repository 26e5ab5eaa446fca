"""Rows of the ground floor: what was done, what is mailed, what the clock does next, what was tried too often."""

from django.db import models


class AuditRecord(models.Model):
    """Who did what to what. Keeps references only, never names, addresses or free text about people."""

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    by = models.CharField(max_length=80, help_text="an Actor as text: staff:3, reader:17, system:clock")
    subject = models.CharField(max_length=120, db_index=True, help_text="app.model:pk, or a name")
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")


class Message(models.Model):
    """One mail to one address: written in the transaction that causes it, sent after the commit."""

    key = models.CharField(max_length=200, unique=True, help_text="what it is for, so that a repeat queues nothing")
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    queued_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-queued_at", "-pk")
        indexes = (models.Index(fields=["to", "-queued_at"], name="message_by_address"),)


class Rule(models.Model):
    """Something that the clock does again and again, and when it is due next."""

    name = models.CharField(max_length=150, unique=True)
    due_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)


class Hit(models.Model):
    """How often somebody tried something within one window of a limit; the key is hashed."""

    limit = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    window = models.BigIntegerField(help_text="number of the window since 1970, in lengths of the limit")
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["limit", "key", "window"], name="hit_is_counted_once_a_window")]


class Worker(models.Model):
    """A task worker that is, or was, alive: what recovery and the health page read."""

    name = models.CharField(max_length=64, unique=True)
    queue = models.CharField(max_length=32)
    node = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
