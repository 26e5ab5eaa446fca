"""`masthead reset-factor`: for the last administrator whose telephone is gone; others are helped at the desk."""

from argparse import Namespace

import django


def run(arguments: Namespace) -> None:
    django.setup()
    from masthead.core.actors import Actor
    from masthead.readers import factors
    from masthead.readers.models import StaffUser

    person = StaffUser.objects.filter(email__iexact=arguments.email.strip()).first()
    if person is None:
        raise SystemExit(f"Nobody signs in at the desk with {arguments.email!r}. Nothing has been changed.")
    factors.reset(person, reason="lost", by=Actor.system("command"))
    print(  # noqa: T201
        f"{person.email} signs in by password now, and is led to set up a new second factor. All sessions have ended."
    )
