"""The last four digits of a card or account, as givers read them out on the telephone."""

from typing import Any

from django.db.models import CharField, Func


class LastFour(Func):
    """The last four letters of a mandate's hint. Written out without parameters, so that an index of it is used."""

    template = "SUBSTR(%(expressions)s, -4)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="RIGHT(%(expressions)s, 4)", **context)
