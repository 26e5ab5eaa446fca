from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "masthead.membership"
    label = "membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.giving import promises
        from masthead.press.watching import watch

        from . import care, checks, merging, privacy, receivers, tiers  # noqa: F401
        from .models import Benefit, Tier

        promises.told_by(tiers)
        watch(Tier, lambda tier: ["giving"])
        watch(Benefit, lambda benefit: ["giving"])
