"""The command `masthead`: reads its words, the newsroom's folder and its secrets, and hands on to masthead.web."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from masthead import __version__

SECRETS_FILE = "secrets.env"


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command; ends with status 0, or with one line on the terminal and another status."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.web.settings")
    arguments, rest = parser().parse_known_args(words)
    if rest and arguments.command != "manage":
        parser().error(f"unrecognised: {' '.join(rest)}")
    if arguments.home:
        os.environ["MASTHEAD_HOME"] = str(Path(arguments.home).resolve())
    arguments.rest = words[words.index("manage") + 1 :] if arguments.command == "manage" else []
    if arguments.needs_newsroom:
        enter()
    run: Callable[[argparse.Namespace], int | None] = getattr(import_module(arguments.module), arguments.function)
    try:
        status = run(arguments)
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status or 0)


def parser() -> argparse.ArgumentParser:
    """All commands and their words."""
    top = argparse.ArgumentParser(prog="masthead", description="The publishing house of a newsroom.")
    top.add_argument("--version", action="version", version=f"masthead {__version__}")
    top.add_argument("--home", metavar="DIR", help="the newsroom's folder; default: MASTHEAD_HOME, else here")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, module: str, summary: str, *, newsroom: bool = True, words: bool = True
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary, add_help=words)
        made.set_defaults(module=f"masthead.web.commands.{module}", function="run", needs_newsroom=newsroom)
        return made

    new = command(
        "new", "new", "Make a newsroom's folder with settings, database, media and first editor.", newsroom=False
    )
    new.add_argument("folder", metavar="DIR", help="the folder to make; it must be missing or empty")
    new.add_argument("--paper", default="", help="name of the paper; the desk can change it")
    new.add_argument("--email", help="e-mail address of the first editor; asked for when missing")
    new.add_argument("--name", default="", help="name of the first editor")
    new.add_argument("--password-stdin", action="store_true", help="read the editor's password from standard input")

    command("serve", "serve", "Run web, task workers and clock under one supervisor until Ctrl-C or SIGTERM.")

    demo = command(
        "demo", "demo", "Run a demonstration: an invented paper, a practice bank, a movable clock.", newsroom=False
    )
    demo.add_argument("--reset", action="store_true", help="start afresh: what was changed in the demonstration goes")
    demo.add_argument("--folder", default="demo", metavar="DIR", help="where the demonstration lives; default: ./demo")
    demo.add_argument("--prepare-only", action="store_true", help="make the demonstration, but do not serve it")

    command("check", "check", "Say in plain words what is misconfigured; status 1 when something is.")

    reconcile = command(
        "reconcile", "reconcile", "Compare the providers' own books with ours; status 1 while differences are open."
    )
    reconcile.add_argument("--provider", default="", metavar="X", help="one provider only, such as stripe")
    reconcile.add_argument(
        "--from", dest="first", default="", metavar="DAY", help="such as 2026-11-01; default: where the last one ended"
    )
    reconcile.add_argument("--to", dest="last", default="", metavar="DAY", help="default: today, up to now")

    backup = command(
        "backup", "backup", "Copy database and media into one file while the newsroom runs, and verify it."
    )
    backup.add_argument("file", metavar="FILE", help="the file to write, such as courier.tar.gz; never overwritten")

    restore = command("restore", "backup", "Make a newsroom's folder from a file that `backup` wrote.", newsroom=False)
    restore.set_defaults(function="run_restore")
    restore.add_argument("file", metavar="FILE", help="the file that `masthead backup` wrote")
    restore.add_argument("folder", metavar="DIR", help="the folder to make; it must be missing or empty")

    reset = command("reset-factor", "reset_factor", "Take the second factor off somebody at the desk who lost it.")
    reset.add_argument("email", metavar="ADDRESS", help="the e-mail address that he or she signs in with")

    worker = command("worker", "worker", "Run task workers and clock alone, without web: for further machines.")
    worker.add_argument("--queue", choices=["now", "later"], help="one worker for this queue, without clock")

    attach = command(
        "attach-mandates",
        "attach_mandates",
        "Take supporters over from a CSV file with the cards and mandates that they gave to other software.",
    )
    attach.add_argument("file", metavar="FILE", help="the CSV file; its first line names the columns")
    attach.add_argument("--provider", required=True, choices=["stripe", "gocardless"], help="where they were given")
    attach.add_argument("--apply", action="store_true", help="take the good lines over; without it nothing is changed")
    attach.add_argument(
        "--bad", metavar="OUT", help="write the lines that can't be taken over, and why, into this file"
    )

    command("manage", "manage", "Run one of Django's or Wagtail's management commands.", words=False)
    return top


def enter() -> None:
    """Fix which newsroom's folder is meant, and put its secrets into the environment where they are not set yet."""
    home = Path(os.environ.get("MASTHEAD_HOME", ".")).resolve()
    read_secrets(home)
    if not (home / "masthead.toml").exists() and "MASTHEAD_SECRET" not in os.environ:
        raise SystemExit(
            f"{home} is no newsroom's folder: go to one, name it with --home, or make one with `masthead new DIR`."
        )
    os.environ.setdefault("MASTHEAD_HOME", str(home))


def read_secrets(home: Path) -> None:
    """Read `secrets.env`, lines of NAME=value; the environment wins."""
    try:
        lines = (home / SECRETS_FILE).read_text().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SystemExit(f"Cannot read {home / SECRETS_FILE}: {error.strerror}.") from None
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.startswith("MASTHEAD_"):
            os.environ.setdefault(name, value.strip().strip("\"'"))


if __name__ == "__main__":
    main()
