from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "masthead.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.web import bells, mailing, showing
        from masthead.web.letters import mail, preview

        bells.connect()
        showing.register()
        mailing.register()
        mail.register()
        preview.register()
