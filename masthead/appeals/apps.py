from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "masthead.appeals"
    label = "appeals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.appeals.models import Appeal
        from masthead.press.watching import watch

        watch(Appeal, lambda appeal: ["appeals"])
