from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "masthead.money"
    label = "money"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known the checks, and the jobs that the clock runs."""
        from masthead.money import checkouts, checks, lateness, payments, privacy, setups  # noqa: F401
        from masthead.readers.guarded import guard

        guard("money")
