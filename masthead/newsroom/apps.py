from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "masthead.newsroom"
    label = "newsroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.newsroom import counts, receivers, tasks  # noqa: F401  (tasks: the clock's rules)
        from masthead.newsroom.pictures import savers

        receivers.connect()
        counts.register()
        savers.install()
