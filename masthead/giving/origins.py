"""Where somebody came from before giving, as the form carries it: nobody is followed for it."""

from dataclasses import dataclass

PLACEMENTS = ("top", "middle", "end", "banner", "slot")


@dataclass(frozen=True)
class Origin:
    """The story (page id and address), placement and appeal."""

    story: int | None = None
    address: str = ""
    placement: str = ""
    appeal: int | None = None

    @property
    def fields(self) -> dict[str, int | str | None]:
        """As the rows keep it."""
        return {
            "origin_story": self.story,
            "origin_address": self.address[:255],
            "origin_placement": self.placement if self.placement in PLACEMENTS else "",
            "origin_appeal": self.appeal,
        }


NOWHERE = Origin()
