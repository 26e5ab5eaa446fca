import django

django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
