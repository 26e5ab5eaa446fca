from django.apps import AppConfig


class OpenBooksConfig(AppConfig):
    name = "masthead.openbooks"
    label = "openbooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from masthead.press.watching import watch
        from masthead.readers.guarded import guard

        from . import figures, receivers, said, tasks  # noqa: F401  (tasks: the clock's rules)
        from .models import Category

        guard("openbooks", "spending", "category", "import")
        receivers.connect()
        said.register()
        watch(Category, lambda category: (figures.SPENT,))
