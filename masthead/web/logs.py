"""Log lines: an event's name and its fields, on standard error; never a person's name or address, never a token."""

import logging
import re
import sys
from typing import Any

import structlog

_LONG_SEGMENT = re.compile(r"(?<=/)[A-Za-z0-9_.:~-]{20,}(?=[/\s?'\"]|$)")
_QUERY = re.compile(r"(?<=\?)[^\s'\"]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")

NOISY = ("wagtail", "django.request", "django.security.csrf", "django_tasks", "django_tasks_db", "httpx", "httpcore")
"""Libraries whose warnings are our normal days: addresses not found, pages published."""


class _Blotting(structlog.stdlib.ProcessorFormatter):
    """Blots the finished line, wherever in it something stands: a library may log a whole request."""

    def format(self, record: logging.LogRecord) -> str:
        return blotted(super().format(record))


def blotted(text: str) -> str:
    """`text` without tokens in addresses and without e-mail addresses."""
    return _ADDRESS.sub("…@…", _QUERY.sub("…", _LONG_SEGMENT.sub("…", text)))


def configure(level: str) -> None:
    """Write everything from `level` on, ours and the libraries', in one form."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Blotting(
            foreign_pre_chain=[*shared[:3], structlog.stdlib.ExtraAdder(), *shared[3:]],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.ERROR, root.level))
