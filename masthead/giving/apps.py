from django.apps import AppConfig


class GivingConfig(AppConfig):
    name = "masthead.giving"
    label = "giving"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.press.watching import watch

        from . import merging, privacy, receivers, tasks  # noqa: F401
        from .care import acts, finding, sections  # noqa: F401
        from .models import GivingTerms

        watch(GivingTerms, lambda terms: ["giving"])
