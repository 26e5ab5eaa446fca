"""What the desk shows of the money."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks

from .desk import TheMoney


@hooks.register("register_admin_viewset")
def the_money() -> TheMoney:
    """Payments, what providers told, and the books."""
    return TheMoney()


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Looking at the money is a permission of its own, apart from editing."""
    return Permission.objects.filter(content_type__app_label="money", codename__startswith="view_")
