"""The open books: a printed page of what was published, what came in and where it went; each table as CSV as well."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_safe

from masthead.core import clock, fillins
from masthead.newsroom import menu
from masthead.openbooks import figures, tables
from masthead.openbooks.models import Kind
from masthead.press.printed import printed
from masthead.press.recording import changes_at, made_of
from masthead.web import open_books, passing_on
from masthead.web.views import answers

PATH = "/open-books/"
COUNTED = (
    ("stories", gettext_noop("stories")),
    ("films", gettext_noop("films")),
    ("letters", gettext_noop("letters")),
    ("calls", gettext_noop("calls")),
    ("corrections", gettext_noop("corrections")),
)
"""What `data-count` names, in the order of the table of counts."""


@require_safe
@printed()
def page(request: HttpRequest) -> HttpResponse:
    year = _this_year()
    published, pounds = figures.published(year), figures.of_a_pound(figures.year_of_spending(year))
    own, now, before = figures.own_currency(), figures.income(year), figures.income(year - 1)
    counts, sections, people, agencies = tables.of_published(published)
    spent = [table for table in tables.of_spending(pounds, own=own) if table.rows]
    says = _("What we published, what came in and where it went: counted from the records themselves.")
    context: dict[str, Any] = {
        "says": says,
        "year": year,
        "tally": [(kind, _(name), cell.text) for (kind, name), cell in zip(COUNTED, counts.rows[0][1:], strict=True)],
        "tally_before": _in_words(counts.rows[1][1:]),
        "kinds": {kind.value: kind.label for kind in Kind},
        "as_of": clock.now(),
        "sections": sections,
        "people": people,
        "agencies": agencies,
        "pounds": list(zip(map(open_books.discs, pounds), spent, strict=True)),
        "drawings": open_books.of_years(now or before),
        "incomes": [table for table in tables.of_income(now, before, own=own) if table.rows],
        "supporters": fillins.fill("{supporters}", made_of),
        "passed_on": passing_on.page(menu.paper(), _("Open books"), PATH, says),
    }
    return answers.page(request, "openbooks/page.html", context)


@require_safe
@printed()
def as_csv(request: HttpRequest, table: str) -> HttpResponse:
    found = tables.of_year(_this_year()).get(table)
    if found is None:
        raise Http404
    response = HttpResponse(tables.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="open-books-{table}.csv"'
    return response


def _in_words(cells: list[tables.Cell]) -> list[tuple[str, str]]:
    """'2,388' 'stories', '1' 'film', in the order of the table."""
    names = (
        ("story", "stories"),
        ("film", "films"),
        ("letter", "letters"),
        ("call", "calls"),
        ("correction", "corrections"),
    )
    return [(cell.text, ngettext(*both, int(cell.value))) for both, cell in zip(names, cells, strict=True)]


def _this_year() -> int:
    """The year that it is; the page changes by itself when it ends."""
    today = clock.today()
    changes_at(clock.start_of(today.replace(year=today.year + 1, month=1, day=1)))
    return today.year
