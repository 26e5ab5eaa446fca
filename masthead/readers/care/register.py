"""What each floor puts on a person's page: sections, what is planned, and buttons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from masthead.core.actors import Actor

from .forms import ActForm
from .people import SEE, Person

Loaded = Callable[["File"], Any]


class File:
    """One person's file while one page is made of it: what a floor has read of them is read once."""

    def __init__(self, person: Person, *, may: Callable[[str], bool], page: int = 1) -> None:
        self.person, self.page, self._may = person, page, may
        self._read: dict[Loaded, Any] = {}

    def once(self, load: Loaded) -> Any:
        """What `load` reads of the file, read at the first call."""
        if load not in self._read:
            self._read[load] = load(self)
        return self._read[load]

    def button(self, name: str, to: str = "") -> "Button | None":
        """The button of an act upon something of this person's; None where whoever looks may not do it."""
        act = ACTS[name]
        if self.person.is_erased or not self._may(act.right):
            return None
        parts = [self.person.key, name, *([to] if to else [])]
        return Button(act.label, reverse("care_act_to" if to else "care_act", args=parts), act.is_grave)

    def buttons(self, *wanted: tuple[str, str]) -> "list[Button]":
        """Several such buttons, without those that whoever looks may not press."""
        return [button for name, to in wanted if (button := self.button(name, to))]

    def standing(self, section: str) -> "list[Button]":
        """The buttons that stand in a section by themselves: of acts upon the person as a whole."""
        mine = [act for act in ACTS.values() if act.stands == section and act.find(self.person, "") is not None]
        return self.buttons(*((act.name, "") for act in mine))


@dataclass(frozen=True)
class Button:
    """What leads to an act's own page."""

    label: str
    url: str
    is_grave: bool


@dataclass(frozen=True)
class Section:
    """A part of the page. `build` gives what `template` shows; None: there is nothing to show."""

    name: str
    title: str
    template: str
    build: Callable[[File], dict[str, Any] | None]
    order: int
    is_aside: bool


@dataclass(frozen=True)
class Planned:
    """Something that will happen by itself on a day (None: at a moment that is not ours to say), in one sentence."""

    on: date | None
    says: str
    told: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Act:
    """Something that the desk can do for a person, on a page of its own that asks for a reason.

    `find` gives what it is done to by its reference, only if it is this person's; `says` what will happen, a sentence
    each, before it is done; `do` does it by the floor's own verb, inside one transaction, after the reason was kept.
    It may raise a Refusal. `at` is the field beside which that stands. With `preview` the form is asked twice: the
    second time beside what that says, of what was typed. `stands` is the section in which its button stands by itself.
    """

    name: str
    label: str
    title: str
    done: str
    find: Callable[[Person, str], Any]
    says: Callable[[Person, Any], list[str]]
    do: Callable[[Person, Any, dict[str, Any], Actor, int], Any]
    form: type[ActForm] = ActForm
    begins_with: Callable[[Person, Any], dict[str, Any]] = field(default=lambda person, to: {})
    right: str = SEE
    at: str | None = None
    is_grave: bool = False
    preview: Callable[[Person, dict[str, Any]], list[str]] | None = None
    stands: str = ""


SECTIONS: dict[str, Section] = {}
PLANS: list[Callable[[File], list[Planned]]] = []
ACTS: dict[str, Act] = {}
DONE = {"": "Note"}
"""What was done, in the words of the log, by the name of its act."""


def section(
    name: str, title: str, template: str, build: Callable[[File], dict[str, Any] | None], *, order: int,
    is_aside: bool = False,
) -> None:  # fmt: skip
    """Put a section on the page: the lower `order`, the higher up; aside: beside the money on a wide screen."""
    SECTIONS[name] = Section(name, title, template, build, order, is_aside)


def plan(tells: Callable[[File], list[Planned]]) -> None:
    """Say what will happen by itself."""
    PLANS.append(tells)


def act(made: Act, *, logged: str) -> None:
    """Make an act known by its name; `logged` is what the log says of it: ‘Refunded £5 and ended it’."""
    ACTS[made.name], DONE[made.name] = made, logged


def the_person(person: Person, reference: str) -> Person | None:
    """`find` of an act that is done to the person as a whole."""
    return None if reference else person
