"""The two families of errors that people may meet."""

from typing import Any

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A rule forbids it. Says what is wrong, what was not done and what to do; nothing has been changed."""

    for_people_text: str = "That cannot be done. Nothing has been changed."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.for_people)

    @property
    def for_people(self) -> str:
        """The sentence for the person who asked, with the facts filled in."""
        return _(self.for_people_text) % self.facts if self.facts else _(self.for_people_text)


class Trouble(Exception):
    """The outside (mail server, provider, storage) failed. It is tried again later; nothing is lost."""
