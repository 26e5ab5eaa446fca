"""What stands already is tallied; lists that only counted are no longer kept."""

from collections import Counter, defaultdict
from typing import Any

from django.db import migrations

from masthead.core import clock

AT_ONCE = 2_000
KEY = ("year", "kind", "is_own", "part")


def tally(apps: Any, schema_editor: Any) -> None:
    models = {name: apps.get_model("newsroom", name) for name in ("Byline", "Correction", "Tallied", "Tally")}
    people: defaultdict[int, set[str]] = defaultdict(set)
    for page, person in models["Byline"].objects.values_list("page_id", "person_id").iterator():
        people[page].add(f"person:{person}" if person else "guests")
    corrections: defaultdict[int, list[int]] = defaultdict(list)
    for page, moment in models["Correction"].objects.values_list("page_id", "corrected_at").iterator():
        corrections[page].append(clock.day_of(moment).year)
    sums: Counter[tuple[Any, ...]] = Counter()
    notes: list[Any] = []
    for kind, name in (("story", "StoryPage"), ("film", "FilmPage")):
        standing = apps.get_model("newsroom", name).objects.filter(live=True, published_at__isnull=False).order_by()
        for pk, moment, source, section in standing.values_list("pk", "published_at", "source", "section_id"):
            parts = {"", *people[pk]} | ({f"section:{section}"} if section else set())
            counts = Counter((clock.day_of(moment).year, kind, not source, part) for part in parts)
            counts.update((year, "correction", not source, part) for year in corrections[pk] for part in parts)
            sums.update(counts)
            notes += [
                models["Tallied"](piece_id=pk, count=count, **dict(zip(KEY, key, strict=True)))
                for key, count in counts.items()
            ]
    models["Tallied"].objects.bulk_create(notes, batch_size=AT_ONCE)
    models["Tally"].objects.bulk_create(
        models["Tally"](count=count, **dict(zip(KEY, key, strict=True))) for key, count in sums.items()
    )
    apps.get_model("newsroom", "Listed").objects.filter(list__startswith="own:").delete()


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0003_tallies")]
    operations = [migrations.RunPython(tally, migrations.RunPython.noop)]
