"""What the open books cost: with a year's stories and a small ledger, and with a hundred times as much.

The rows are built by SQL, since the newsroom's own verbs would take a day; the kept sums are counted from them.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.rig import ROOT, judged

COMMAND = "python -m bench openbooks"
ROUNDS = 25
SIZES = ((1_000, 10_000), (100_000, 1_000_000))
DEARER = 1.5  # times that the page may cost with a hundred times as much
SECRET = "only-for-a-measurement-that-nobody-can-reach"  # noqa: S105


def main() -> None:
    print(f"made by: {COMMAND}   (1, 5 and 15 minutes of load: {os.getloadavg()})")
    folder = Path(tempfile.mkdtemp(prefix="bench-books-"))
    env = {**os.environ, "MASTHEAD_HOME": str(folder), "MASTHEAD_SECRET": SECRET}
    took = []
    try:
        _run(env, "-m", "masthead", "manage", "migrate", "-v0")
        for stories, lines in SIZES:
            seen = json.loads(_run(env, "-m", "bench.openbooks", str(stories), str(lines)).splitlines()[-1])
            took.append(seen["render"])
            print(
                f"{stories:,} stories, {lines:,} lines: {seen['render'] * 1000:.1f} ms a page (middle of {ROUNDS}), "
                f"{seen['queries']} queries, {seen['bytes']:,} bytes; one more posting {seen['post'] * 1000:.1f} ms; "
                f"built in {seen['built']:.0f} s, recounted in {seen['recount']:.1f} s"
            )
        ratio = took[1] / took[0]
        print(f"ratio of rendering: {ratio:.2f} ({judged('open books, ratio of rendering', ratio, at_most=DEARER)})")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(env: dict[str, str], *words: str) -> str:
    return subprocess.run(
        [sys.executable, *words], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


# --- In a process with Django ------------------------------------------------------------------------------


def measure(stories: int, lines: int) -> None:
    """Grow to so many stories and lines, render the page again and again, and say what it took as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "masthead.web.settings"
    from masthead.web import workers

    workers.prepare()
    from django.db import connection
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext

    from masthead.core import clock
    from masthead.money import ledger
    from masthead.money.amounts import Money
    from masthead.newsroom import tallies
    from masthead.web.views.open_books import page

    since = time.perf_counter()
    _grow_stories(stories)
    _grow_ledger(lines)
    built = time.perf_counter() - since
    since = time.perf_counter()
    wrong = [*tallies.miscounted().items(), *ledger.miscounted().items()]
    recount = time.perf_counter() - since
    if wrong:
        raise SystemExit(f"the sums are not what the rows say: {wrong[:3]}")
    request = RequestFactory(headers={"host": "127.0.0.1:8000"}).get("/open-books/")
    request.edition = "public"  # type: ignore[attr-defined]
    answer = page(request)
    with CaptureQueriesContext(connection) as asked:
        page(request)
    rendered, posted = [], []
    for number in range(ROUNDS):
        since = time.perf_counter()
        page(request)
        rendered.append(time.perf_counter() - since)
        since = time.perf_counter()
        gift = Money(500, "GBP")
        sides = [ledger.debit("owed_by:cardhouse", gift), ledger.credit("income:gifts", gift)]
        ledger.post(f"cardhouse:more-{lines}-{number}:collected", on=clock.today(), lines=sides)
        posted.append(time.perf_counter() - since)
    told = {
        "render": median(rendered), "post": median(posted), "queries": len(asked), "bytes": len(answer.content),
        "built": built, "recount": recount,
    }  # fmt: skip
    print(json.dumps(told))


def _grow_stories(count: int) -> None:
    """Published stories of ten sections and forty people, over this year and the last, with corrections."""
    from datetime import timedelta

    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction
    from django.utils.text import slugify
    from wagtail.models import Locale, Page

    from masthead.core import clock
    from masthead.newsroom import publishing, tallies
    from masthead.newsroom.models import Byline, Correction, FrontPage, Person, SectionPage, StoryPage

    people = list(Person.objects.all())
    sections = list(SectionPage.objects.order_by("pk"))
    if not sections:
        front = FrontPage.objects.get()
        for number in range(10):
            section = SectionPage(title=f"Section {number}", slug=f"section-{number}", show_in_menus=True)
            front.add_child(instance=section)
            sections.append(publishing.publish(section))
        people = [Person.objects.create(name=f"Person {number}", slug=f"person-{number}") for number in range(40)]
    kind, locale = ContentType.objects.get_for_model(StoryPage), Locale.objects.get()
    last, there = Page.objects.order_by("-pk").values_list("pk", flat=True)[0], StoryPage.objects.count()
    now = clock.now()
    own = [field for field in StoryPage._meta.local_concrete_fields if field.name != "page_ptr"]
    with transaction.atomic():
        pages, stories, bylines, corrections = [], [], [], []
        for number in range(there, count):
            pk, section = last + 1 + number - there, sections[number % len(sections)]
            title, moment = f"Report {number}", now - timedelta(minutes=number % 1_000_000 * 5 % 700_000)
            below = f"{section.path}{Page._int2str(number + 1).rjust(4, '0')}"
            story = StoryPage(pk=pk, title=title, section=section, published_at=moment, source="PA" * (number % 9 == 0))
            pages.append(
                Page(
                    pk=pk, path=below, depth=section.depth + 1, title=title, draft_title=title, slug=slugify(title),
                    content_type=kind, locale=locale, live=True, url_path=f"{section.url_path}{slugify(title)}/",
                    first_published_at=moment, last_published_at=moment,
                )
            )  # fmt: skip
            stories.append((pk, *(field.get_db_prep_save(field.pre_save(story, True), _connection()) for field in own)))
            bylines.append(Byline(page_id=pk, person=people[number % len(people)], sort_order=0))
            if number % 50 == 0:
                corrections.append(Correction(page_id=pk, corrected_at=moment, text="Seven years, not nine."))
        Page.objects.bulk_create(pages, batch_size=2_000)
        columns = ", ".join(["page_ptr_id", *(str(field.column) for field in own)])
        marks = ", ".join(["%s"] * (len(own) + 1))
        with _connection().cursor() as cursor:
            cursor.executemany(f"INSERT INTO {StoryPage._meta.db_table} ({columns}) VALUES ({marks})", stories)
        Byline.objects.bulk_create(bylines, batch_size=2_000)
        Correction.objects.bulk_create(corrections, batch_size=2_000)
        tallies.rebuild()


def _grow_ledger(count: int) -> None:
    """Entries of three lines each, over this year and the last; lines before entries, as the guards want them."""
    from django.db import transaction

    from masthead.core import clock
    from masthead.money import ledger
    from masthead.money.models import Line

    year = clock.today().year
    first, last = Line.objects.count() // 3, count // 3
    numbers = "WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s)"
    day = f"printf('%%04d-%%02d-%%02d', {year - 1} + i %% 2, 1 + i / 2 %% 12, 1 + i / 24 %% 28)"
    sides = (("owed_by:cardhouse", 481), ("fees", 19), ("income:gifts", -500))
    with transaction.atomic(), _connection().cursor() as cursor:
        for account, minor in sides:
            cursor.execute(
                f'INSERT INTO money_line (transaction_id, account, amount_minor, currency, "on") {numbers} '
                f"SELECT 'cardhouse:' || i || ':collected', '{account}', {minor}, 'GBP', {day} FROM n",
                [first, last],
            )
        cursor.execute(
            f'INSERT INTO money_transaction (key, "on", provider, income, method, posted_at) {numbers} '
            f"SELECT 'cardhouse:' || i || ':collected', {day}, 'cardhouse', 'income:gifts', '', datetime('now') FROM n",
            [first, last],
        )
        ledger.sum_again()


def _connection():  # type: ignore[no-untyped-def]
    from django.db import connection

    return connection


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:3]))
