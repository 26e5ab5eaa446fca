"""The desk's side of `bench.newsroom`, in a process with Django: `python -m bench.desk grow 10000`, answered in JSON.

MASTHEAD_HOME and MASTHEAD_ADDRESS say of which newsroom.
"""

import json
import os
import sys
import time
import urllib.request
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import django

from masthead.__main__ import enter

enter()
os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.web.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import F, Min  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402
from wagtail.models import Page, ReferenceIndex, Revision  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402

from masthead.newsroom import addresses, counts, publishing, standing, tallies  # noqa: E402
from masthead.newsroom.models import Address, Byline, FrontPage, Listed, PieceTopic, StoryPage  # noqa: E402
from masthead.press.printing import print_page  # noqa: E402
from masthead.press.prints import Key  # noqa: E402

COPY = "-copy-"
BATCH = 500
APART = timedelta(hours=8)  # three stories a day


def lead() -> StoryPage:
    """The story that the front page opens with."""
    chosen = FrontPage.objects.get().lead
    assert chosen is not None
    return StoryPage.objects.get(pk=chosen.pk)


def paths() -> dict[str, Any]:
    """Where the lead story stands, and all others."""
    others = Address.objects.filter(current=True, thing__startswith="story:").order_by("pk").values_list("path")
    return {"lead": lead().path_now, "stories": [path for (path,) in others]}


def rest() -> int:
    """Take from the queue what waits, mostly pictures to be drawn for minutes; how many jobs that were."""
    return DBTaskResult.objects.ready().delete()[0]


def publish(rounds: str) -> dict[str, list[float]]:
    """Change the lead's headline so often: seconds that the verb took, and until story and front page say it."""
    from django.conf import settings

    found: dict[str, list[float]] = {"verb": [], "story": [], "front": []}
    story = lead()
    headline = story.title
    for number in range(int(rounds)):
        words = f"seen {time.time_ns():x} {number}"
        story.title = f"{headline} {words}"
        since = time.perf_counter()
        story = publishing.publish(story)  # type: ignore[assignment]
        found["verb"].append(time.perf_counter() - since)
        for name, path in (("story", story.path_now), ("front", "/")):
            while words.encode() not in _read(settings.SITE_ADDRESS + path):
                time.sleep(0.001)
            found[name].append(time.perf_counter() - since)
    story.title = headline
    publishing.publish(story)
    return found


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def queries() -> dict[str, tuple[int, float]]:
    """Queries and seconds that printing the lead story and the front page takes."""
    found = {}
    for name, path in (("story", lead().path_now), ("front", "/")):
        key = Key(path, (), "public")
        print_page(key, 0)
        since = time.perf_counter()
        print_page(key, 0)
        took = time.perf_counter() - since
        with CaptureQueriesContext(connection) as asked:
            assert print_page(key, 0)
        found[name] = (len(asked), took)
    return found


def grow(total: str) -> dict[str, int]:
    """Copy published stories, back in time, until there are so many; the rows are those that publishing leaves.

    All but the log of who published what, which no page reads. The copies join no running story: those don't grow
    with an archive.
    """
    patterns = list(StoryPage.objects.live().exclude(slug__contains=COPY).select_related("section", "live_revision"))
    oldest = StoryPage.objects.exclude(slug__contains=COPY).aggregate(at=Min("published_at"))["at"]
    done = StoryPage.objects.filter(slug__contains=COPY).count()
    missing = int(total) - StoryPage.objects.live().count()
    for start in range(done + 1, done + 1 + missing, BATCH):
        numbers = range(start, min(start + BATCH, done + 1 + missing))
        with transaction.atomic():
            _copy([(number, patterns[number % len(patterns)], oldest - APART * number) for number in numbers])
    with transaction.atomic():
        tallies.rebuild()
        counts.refresh()
    return _counted()


def _copy(wanted: list[tuple[int, StoryPage, Any]]) -> None:
    """Rows for each (number, pattern, moment): Page and StoryPage, revision, byline, topics, lists, address, search."""
    page_key = Page.objects.order_by("-pk").values_list("pk", flat=True)[0]
    revision_key = Revision.objects.order_by("-pk").values_list("pk", flat=True)[0]
    steps: dict[int, int] = {}
    stories, revisions, rows = [], [], []
    for place, (number, pattern, moment) in enumerate(wanted, 1):
        section = pattern.section
        assert section is not None
        assert pattern.live_revision is not None
        last = section.get_last_child()
        steps[section.pk] = steps.get(section.pk, Page._str2int(last.path[-Page.steplen :])) + 1
        slug = f"{pattern.slug}{COPY}{number}"
        facts: dict[str, Any] = {field.attname: getattr(pattern, field.attname) for field in _fields(StoryPage)}
        facts |= {
            "id": page_key + place,
            "page_ptr_id": page_key + place,
            "path": Page._get_path(section.path, section.depth + 1, steps[section.pk]),
            "slug": slug,
            "url_path": f"{section.url_path}{slug}/",
            "translation_key": uuid4(),
            "chain_id": None,
            "published_at": moment,
            "first_published_at": moment,
            "last_published_at": moment,
            "latest_revision_created_at": moment,
            "latest_revision_id": revision_key + place,
            "live_revision_id": revision_key + place,
        }
        story = StoryPage(**facts)
        story.section = section
        stories.append(story)
        said = {field.attname: getattr(pattern.live_revision, field.attname) for field in _fields(Revision)}
        said |= {"id": revision_key + place, "object_id": str(story.pk), "created_at": moment}
        said["content"] = {**said["content"], "pk": story.pk, "slug": slug, "chain": None, "path": story.path}
        revisions.append(Revision(**said))
        for model, owner, key in (
            (Byline, "page_id", story.pk),
            (PieceTopic, "content_object_id", story.pk),
            (ReferenceIndex, "object_id", str(story.pk)),
        ):
            for row in model._base_manager.filter(**{owner: type(key)(pattern.pk)}):
                kept = {field.attname: getattr(row, field.attname) for field in _fields(model) if field.attname != "id"}
                rows.append(model(**{**kept, owner: key}))
    columns = {field.attname for field in Page._meta.local_concrete_fields}
    Page.objects.bulk_create([Page(**{name: getattr(story, name) for name in columns}) for story in stories])
    StoryPage._base_manager.none()._insert(stories, StoryPage._meta.local_concrete_fields, using="default")
    Revision.objects.bulk_create(revisions)
    for model in (Byline, PieceTopic, ReferenceIndex):
        model._base_manager.bulk_create([row for row in rows if type(row) is model])
    for section_key in steps:
        added = sum(story.section_id == section_key for story in stories)
        Page.objects.filter(pk=section_key).update(numchild=F("numchild") + added)
    Address.objects.bulk_create([Address(path=s.path_now, thing=addresses.key_of(s)) for s in stories])
    Listed.objects.bulk_create(
        Listed(list=name, piece_id=story.pk, published_at=story.published_at)
        for story in stories
        for name in sorted(standing.lists_of(story))
    )
    get_search_backend().add_bulk(StoryPage, stories)


def _fields(model: Any) -> Any:
    return model._meta.concrete_fields


def _counted() -> dict[str, int]:
    """Counted anew, the naive way. Raises AssertionError where rows don't agree with each other."""
    live = list(StoryPage.objects.live().defer("body"))
    for section in {story.section for story in live if story.section}:
        assert section.get_children().count() == Page.objects.get(pk=section.pk).numchild
    assert Listed.objects.filter(list="stories").count() == len(live)
    assert Address.objects.filter(current=True, thing__startswith="story:").count() == len(live)
    for story in Random(1).sample(live, 50):
        assert set(Listed.objects.filter(piece=story.pk).values_list("list", flat=True)) == standing.lists_of(story)
        assert addresses.page_at(story.path_now) == story
        assert story.get_parent().pk == story.section_id
        assert publishing.lacks(story.live_revision.as_object()) == []
    return {"stories": len(live)}


if __name__ == "__main__":
    verbs = {verb.__name__: verb for verb in (paths, rest, publish, queries, grow)}
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](*sys.argv[2:])))  # type: ignore[operator]
