"""Lists of the desk that show addresses: that somebody looked, or took them away, is written to the audit log."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.generic import IndexView

from masthead.core import audit
from masthead.readers.desk_acts import actor_of


class AddressesSeen(IndexView):
    """Such a list; `seen_as` is the action that the audit log keeps, with whether it was listed or exported."""

    seen_as: str

    @property
    def seen_of(self) -> Any:
        """Whose addresses they are, as the audit log names it: all rows of the kind, else a row."""
        return self.model._meta.label_lower

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().get(request, *args, **kwargs)
        how = "exported" if self.is_export else "listed"
        audit.record(self.seen_as, self.seen_of, by=actor_of(request), how=how)
        return answer
