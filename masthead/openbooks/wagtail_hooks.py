"""What the desk shows of the open books."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from wagtail import hooks

from . import desk


@hooks.register("register_admin_viewset")
def the_open_books() -> desk.OpenBooks:
    """Spending, categories, files."""
    return desk.OpenBooks()


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """All figures, what is behind one, and files of spending."""
    return [
        path("open-books/", desk.open_books, name="open_books"),
        path("open-books/behind/", desk.behind, name="behind_a_figure"),
        path("open-books/take-in/", desk.import_spending, name="import_spending"),
        path("open-books/files/<int:pk>/take-out/", desk.take_back_spending, name="take_back_spending"),
    ]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Who may enter what was spent, who may look at it, and who at the figures alone."""
    entries = Q(content_type__model__in=("spending", "category", "import"))
    return Permission.objects.filter(entries | Q(codename="view_figures"), content_type__app_label="openbooks")
