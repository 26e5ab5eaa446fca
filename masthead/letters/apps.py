from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "masthead.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.letters import privacy, receivers, subscribing  # noqa: F401  (what they register)

        receivers.connect()
