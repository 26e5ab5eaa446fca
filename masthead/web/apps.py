from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "masthead.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.web import bells, mailing, showing

        bells.connect()
        showing.register()
        mailing.register()
