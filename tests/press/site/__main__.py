"""`python -m tests.press.site VERB '{"pk": 1}'`: a verb in a process of its own; `tables` makes the database."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.press.site.settings"
django.setup()


def tables() -> None:
    from django.core.management import call_command
    from django.db import connection

    from tests.press.site.models import Piece

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Piece)


if sys.argv[1] == "tables":
    tables()
else:
    from tests.press.site import verbs

    print(json.dumps(getattr(verbs, sys.argv[1])(**json.loads(sys.argv[2]))))  # noqa: T201
