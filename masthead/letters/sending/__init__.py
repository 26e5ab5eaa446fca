"""Sending: who gets an issue is written down and counted, then it goes out in batches, each copy once.

The verbs are those of a mailing; `freezing`, `batches`, `pace`, `carriers` and `signing` are how they are kept.
"""

from .mailings import Progress, go_on, progress, schedule, send, stop, test

__all__ = ["Progress", "go_on", "progress", "schedule", "send", "stop", "test"]
