from django.apps import AppConfig


class GivingConfig(AppConfig):
    name = "masthead.giving"
    label = "giving"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.press.watching import watch
        from masthead.readers.guarded import guard

        from . import leaving, merging, privacy, receivers, tasks  # noqa: F401
        from .care import acts, finding, sections  # noqa: F401
        from .models import CurrencyTerms, FeeRate, GivingTerms

        guard("giving", but={"view_income", *(f"{act}_givingterms" for act in ("add", "change", "view"))})
        for stands_on_pages in (GivingTerms, CurrencyTerms, FeeRate):
            watch(stands_on_pages, lambda terms: ["giving"])
