"""What an address may be asked with: a table of parameters with bounded values. All others share one print."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

_LONGEST_QUERY = 2_000


@dataclass(frozen=True)
class WholeNumber:
    """A number from `least` to `most`; the default is left out of the address."""

    least: int
    most: int
    default: int | None = None

    def read(self, text: str) -> str | None:
        """The one way to write the value meant by `text`; None when it is the default or out of bounds."""
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            return None
        number = int(text)
        return str(number) if self.least <= number <= self.most and number != self.default else None


@dataclass(frozen=True)
class OneOf:
    """One of a few words; the default is left out of the address."""

    choices: tuple[str, ...]
    default: str | None = None

    def read(self, text: str) -> str | None:
        return text if text in self.choices and text != self.default else None


def whole_number(least: int, most: int, default: int | None = None) -> WholeNumber:
    """A parameter that is a whole number within bounds."""
    return WholeNumber(least, most, default)


def one_of(*choices: str, default: str | None = None) -> OneOf:
    """A parameter that is one of these words."""
    return OneOf(choices, default)


Kind = WholeNumber | OneOf
Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Declared:
    """The parameters that one address declares."""

    kinds: Mapping[str, Kind]

    def read(self, query: str) -> Values:
        """The declared values in `query`, in one order and one spelling; of repeated ones the last counts."""
        if not self.kinds or not query:
            return ()
        found: dict[str, str] = {}
        for name, text in parse_qsl(query[:_LONGEST_QUERY], max_num_fields=None):
            if kind := self.kinds.get(name):
                value = kind.read(text)
                found.pop(name, None)
                if value is not None:
                    found[name] = value
        return tuple(sorted(found.items()))

    def as_json(self) -> dict[str, Any]:
        return {
            name: [kind.least, kind.most, kind.default]
            if isinstance(kind, WholeNumber)
            else {"choices": kind.choices, "default": kind.default}
            for name, kind in self.kinds.items()
        }

    @classmethod
    def of_json(cls, written: Mapping[str, Any]) -> "Declared":
        return cls(
            {
                name: WholeNumber(*kind) if isinstance(kind, list) else OneOf(tuple(kind["choices"]), kind["default"])
                for name, kind in written.items()
            }
        )
