"""`masthead manage`: Django's own commands, on this newsroom."""

from argparse import Namespace


def run(arguments: Namespace) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["masthead manage", *arguments.rest])
