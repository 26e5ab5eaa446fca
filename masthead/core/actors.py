"""Who did it: a value kept with every change that matters."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Somebody or something that acts, by kind and reference; never by name or address.

    Stored as text: `reader:17`, `staff:3`, `device:88`, `provider:practice`, `system:clock`.
    """

    kind: str
    reference: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.reference}"

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """The actor that was stored as `text`."""
        kind, _, reference = text.partition(":")
        return cls(kind, reference)

    @classmethod
    def reader(cls, pk: int) -> "Actor":
        return cls("reader", str(pk))

    @classmethod
    def device(cls, pk: int) -> "Actor":
        return cls("device", str(pk))

    @classmethod
    def staff(cls, pk: int) -> "Actor":
        return cls("staff", str(pk))

    @classmethod
    def provider(cls, name: str) -> "Actor":
        return cls("provider", name)

    @classmethod
    def system(cls, name: str) -> "Actor":
        return cls("system", name)
