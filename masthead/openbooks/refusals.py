"""What the rules of the open books forbid, worded for people."""

from django.utils.translation import gettext_noop

from masthead.core.refusals import Refusal


class NotYetSpent(Refusal):
    for_people_text = gettext_noop("This day is still to come. Enter what was spent, on the day on which it was paid.")


class NothingSpent(Refusal):
    for_people_text = gettext_noop("Write an amount above nothing. Nothing has been changed.")


class CategoryInUse(Refusal):
    for_people_text = gettext_noop(
        "%(count)s entries stand under this category. Give them another one first; nothing has been removed."
    )
