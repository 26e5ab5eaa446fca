"""`masthead reconcile`: compares the books of the payment providers with ours, and says what does not agree."""

from argparse import Namespace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from masthead.money.models import Comparison


def run(arguments: Namespace) -> int:
    import django

    django.setup()
    from masthead.core import config
    from masthead.core.actors import Actor
    from masthead.core.refusals import Refusal, Trouble
    from masthead.money import reconciling

    config.load()
    first, last = _day(arguments.first, "--from"), _day(arguments.last, "--to")
    names = [arguments.provider] if arguments.provider else reconciling.there()
    if not names:
        _say("No payment provider is set up, so there is nothing to compare.")
        return 0
    away = 0
    for name in names:
        if name not in reconciling.there():
            raise SystemExit(f"{name} is not set up here: there is nothing to compare.")
        try:
            comparison = reconciling.begin(name, first=first, last=last, by=Actor.system("command"))
        except Refusal as refusal:
            raise SystemExit(str(refusal.for_people)) from None
        try:
            _report(reconciling.finish(comparison))
        except Trouble as trouble:
            away += 1
            _say(f"{name}: {trouble}. What was fetched is kept; the workers go on with it by themselves.")
    open_ones = _open_differences(names)
    return 1 if away or open_ones else 0


def _report(comparison: "Comparison") -> None:
    days = f"{comparison.first}" if comparison.first == comparison.last else f"{comparison.first} to {comparison.last}"
    _say(f"{comparison.provider}, {days}: {_count(comparison.lines, 'new line')} of its books")
    if comparison.of_others:
        _say(f"  {comparison.of_others} of them not ours, counted and booked apart")
    if comparison.asked:
        _say(f"  {_count(comparison.asked, 'thing')} asked for again, through the inbox")
    if comparison.waiting:
        _say(f"  {_count(comparison.waiting, 'entry', 'entries')} of ours not listed there yet, still within its time")
    _say(f"  {_count(comparison.found, 'new difference')}")


def _open_differences(names: list[str]) -> int:
    from masthead.money.models import Difference
    from masthead.money.states import DifferenceState

    rows = Difference.objects.filter(state=DifferenceState.OPEN, provider__in=names).order_by("provider", "day", "pk")
    count = rows.count()
    if not count:
        _say("The books agree.")
        return 0
    _say(f"\n{_count(count, 'open difference')}, to be resolved at the desk under Money, Differences:")
    for row in rows.iterator():
        sides = f"theirs {row.theirs or 'nothing'}, ours {row.ours or 'nothing'}"
        about = f" ({row.detail})" if row.detail else ""
        _say(f"  {row.provider} {row.day} {row.get_kind_display()}: {row.subject}, {sides}{about}")
    return count


def _day(written: str, option: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise SystemExit(f"{option} {written} is no day: write it as 2026-11-28.") from None


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _say(words: str) -> None:
    print(words)  # noqa: T201
