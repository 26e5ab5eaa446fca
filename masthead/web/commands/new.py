"""`masthead new`: a newsroom's folder, ready to serve."""

import getpass
import os
import secrets
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from masthead.__main__ import SECRETS_FILE, read_secrets
from masthead.core.config import PREFIX, SECRETS, Config

INTRODUCTION = """\
# The settings of this newsroom, for whoever looks after the machine. Each can also come from the environment,
# as {prefix} and its name in capitals, which wins. Secrets stand in secrets.env, never here.
# What an editor may want to change (name of the paper, colours, amounts) is on the desk.
"""


def run(arguments: Namespace) -> None:
    folder = Path(arguments.folder).resolve()
    refuse_a_full(folder)
    email, password = _first_editor(arguments)
    write_folder(folder)
    open_database(folder)
    make_editor(email, password, name=arguments.name)
    found_paper(arguments.paper, editor_in_chief=arguments.name)
    _say(f"\nThe newsroom is ready in {folder}\n  serve it:   masthead --home {folder} serve")
    _say(f"  check it:   masthead --home {folder} check\n  the desk:   http://127.0.0.1:8000/desk/  ({email})")


def refuse_a_full(folder: Path) -> None:
    """Stop unless `folder` is missing or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SystemExit(f"{folder} exists and is not empty: choose another folder. Nothing has been changed.")


def write_folder(folder: Path, **settings: Any) -> None:
    """Make the folder with its settings file, its secrets and its places for files."""
    for name in ("media", "originals", "state"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "masthead.toml").write_text(settings_file(**settings))
    handle = os.open(folder / SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{PREFIX}SECRET={secrets.token_urlsafe(48)}\n")


def settings_file(**settings: Any) -> str:
    """`masthead.toml` with every setting explained; those not given stand as comments, with their default."""
    lines = [INTRODUCTION.format(prefix=PREFIX)]
    for name, field in Config.model_fields.items():
        if name in SECRETS or name == "home":
            continue
        mark = "" if name in settings else "# "
        lines.append(f"# {field.description}\n{mark}{name} = {_toml(settings.get(name, field.default))}\n")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def open_database(folder: Path) -> None:
    """Load Django on this folder and make its database."""
    os.environ["MASTHEAD_HOME"] = str(folder)
    read_secrets(folder)
    _say("Making the database (half a minute) …")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if not os.environ.get("MASTHEAD_DATABASE"):
        (folder / "newsroom.sqlite3").chmod(0o600)


def make_editor(email: str, password: str, *, name: str) -> None:
    """The first editor: may do everything on the desk, inviting others included."""
    from masthead.readers.models import StaffUser

    first, _, last = name.partition(" ")
    StaffUser.objects.create_superuser(email=email, password=password, first_name=first, last_name=last)


def found_paper(name: str, *, editor_in_chief: str) -> None:
    """What editors complete on the desk: the paper's name, and its plain pages as drafts."""
    from masthead.newsroom import founding

    founding.found(name, editor_in_chief=editor_in_chief)


def _first_editor(arguments: Namespace) -> tuple[str, str]:
    """Address and password, from the words or asked for; stops with one line when they will not do."""
    email = arguments.email or _ask("E-mail address of the first editor: ", "--email")
    local, at, host = email.strip().partition("@")
    if not local or not at or ("." not in host and host != "localhost"):
        raise SystemExit(f"{email!r} is no e-mail address. Nothing has been made.")
    if arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("Password (12 characters or more): ")
        if getpass.getpass("The same again: ") != password:
            raise SystemExit("The two passwords differ. Nothing has been made.")
    else:
        raise SystemExit("No password: run this on a terminal, or use --password-stdin. Nothing has been made.")
    if len(password) < 12:
        raise SystemExit("The password has fewer than 12 characters. Nothing has been made.")
    return email.strip(), password


def _ask(question: str, word: str) -> str:
    if not sys.stdin.isatty():
        raise SystemExit(f"Whom for? Give the first editor's address with {word}. Nothing has been made.")
    return input(question)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
