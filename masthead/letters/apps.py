from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "masthead.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.letters import care, links, merging, privacy, receivers, subscribing  # noqa: F401  (what they register)
        from masthead.letters.returns import mailbox  # noqa: F401
        from masthead.letters.returns import receivers as returns  # noqa: F401
        from masthead.letters.sending import mailings  # noqa: F401
        from masthead.letters.sending import privacy as of_sending  # noqa: F401

        receivers.connect()
