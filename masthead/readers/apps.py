from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "masthead.readers"
    label = "readers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Their jobs, rules, limits and actions, and what they put on a person's page.
        from masthead.readers import address_change, desk_sign_in, merging, privacy, sign_in, staff  # noqa: F401
        from masthead.readers.care import acts, own  # noqa: F401

        staff.listen()
