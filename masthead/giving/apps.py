from django.apps import AppConfig


class GivingConfig(AppConfig):
    name = "masthead.giving"
    label = "giving"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.press.watching import watch

        from . import privacy, receivers, tasks  # noqa: F401
        from .models import CurrencyTerms, FeeRate, GivingTerms

        for stands_on_pages in (GivingTerms, CurrencyTerms, FeeRate):
            watch(stands_on_pages, lambda terms: ["giving"])
