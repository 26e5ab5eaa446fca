"""`masthead manage guard_books`: make the guards of the books anew, where something took them away."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from masthead.money import guards


class Command(BaseCommand):
    """Makes the guards anew and says which were missing."""

    help = "Make the database's guards of the books anew."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        lost = guards.missing()
        with connection.schema_editor() as editor:
            guards.renew(editor)
        self.stdout.write(f"made anew: {', '.join(lost)}" if lost else "nothing was missing")
