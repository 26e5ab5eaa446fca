from django.apps import AppConfig


class OpenBooksConfig(AppConfig):
    name = "masthead.openbooks"
    label = "openbooks"
    default_auto_field = "django.db.models.BigAutoField"
