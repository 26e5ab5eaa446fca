from django.apps import AppConfig


class AdvertsConfig(AppConfig):
    name = "masthead.adverts"
    label = "adverts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.adverts.models import Booking, Creative
        from masthead.press.watching import watch

        watch(Booking, lambda booking: ["adverts"])
        watch(Creative, lambda creative: ["adverts"])
