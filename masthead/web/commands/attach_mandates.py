"""`masthead attach-mandates`: takes supporters over with the cards and mandates that they gave to other software."""

import csv
from argparse import Namespace
from collections import Counter
from pathlib import Path

FIRST = (
    "Cancel what the other software collects first, its subscriptions at the provider: a line whose customer still has "
    "one there is not taken over, so that nobody pays twice."
)


def run(arguments: Namespace) -> int:
    """Looks at each line, and with --apply takes the good ones over. Status 1 when a line can't be taken over."""
    import django

    django.setup()
    from masthead.core.actors import Actor
    from masthead.core.refusals import Refusal, Trouble
    from masthead.giving import takeovers
    from masthead.giving.models import LineState

    by = Actor.system("attach-mandates")
    print(FIRST)  # noqa: T201
    try:
        content = Path(arguments.file).read_bytes()
        takeover = takeovers.begin(content, provider=arguments.provider, by=by)
        takeovers.look_over(takeover)
        if arguments.apply and takeover.lines.filter(state=LineState.GOOD).exists():
            takeovers.allow(takeover, by=by)
            takeovers.apply(takeover, by=by)
    except OSError as error:
        raise SystemExit(f"Cannot read {arguments.file}: {error.strerror}.") from None
    except Refusal as refusal:
        raise SystemExit(refusal.for_people) from None
    except Trouble as trouble:
        raise SystemExit(f"{trouble}. Run the same command again: it goes on where it was.") from None
    lines = list(takeover.lines.all())
    for line in lines:
        print(f"line {line.number:>5}  {line.get_state_display()}{': ' if line.says else ''}{line.says}")  # noqa: T201
    counts = Counter(line.get_state_display() for line in lines)
    print("\n" + "; ".join(f"{count} {label}" for label, count in counts.items()))  # noqa: T201
    bad = [line for line in lines if line.state == LineState.BAD]
    if arguments.bad:
        with Path(arguments.bad).open("w", newline="") as out:
            csv.writer(out).writerows(takeovers.as_csv(bad))
    if not arguments.apply:
        print("Nothing was changed. Add --apply to take the good lines over.")  # noqa: T201
    return 1 if bad else 0
