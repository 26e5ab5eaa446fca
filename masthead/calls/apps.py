from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "masthead.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known the clock's rules and jobs, what is held of readers, and what pages are made of."""
        from masthead.press.watching import watch

        from . import (  # noqa: F401
            afterwards,
            care,
            dates,
            invitations,
            joining,
            merging,
            privacy,
            questions,
            reminders,
            seats,
            series,
        )
        from .models import Call, Series

        watch(Call, lambda row: [dates.PART])
        watch(Series, lambda row: [dates.PART])
