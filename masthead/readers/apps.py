from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "masthead.readers"
    label = "readers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.readers import desk_sign_in, privacy, sign_in, staff  # noqa: F401 (jobs, rules, limits, actions)

        staff.listen()
