"""From one page of a list to the next."""

from dataclasses import dataclass
from urllib.parse import urlencode

from masthead.web.items import Page


@dataclass(frozen=True)
class Pager:
    """Addresses of the neighbours, None where there is none."""

    says: str
    newer: str | None
    older: str | None


def pager(path: str, page: Page, **asked: str) -> Pager:
    """The neighbours of a page of the list at `path`, which was asked for with `asked`."""
    return Pager(
        says=f"Page {page.number}",
        newer=_address(path, page.number - 1, asked) if page.number > 1 else None,
        older=_address(path, page.number + 1, asked) if page.more else None,
    )


def _address(path: str, number: int, asked: dict[str, str]) -> str:
    query = urlencode({**asked, **({"page": str(number)} if number > 1 else {})})
    return f"{path}?{query}" if query else path
