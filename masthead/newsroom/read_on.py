"""Read on: what a reader of this story would want next. Chosen at publishing, again only when its target goes."""

from django.db.models import Count

from masthead.newsroom.models import Listed, PieceTopic, StoryPage
from masthead.press.changes import announce

NEAR_BY = 30
"""How many of the newest in each list are looked at."""


def choose(story: StoryPage, *, but_not: tuple[int, ...] = ()) -> int | None:
    """The key of the piece to read on with: of its chain, else its section with most topics in common, else the newest.

    Pieces that the body already points to are left out.
    """
    excluded = {story.pk, *but_not, *pointed_to(story)}
    if story.chain_id and (found := _newest(f"chain:{story.chain_id}", excluded)):
        return found[0]
    topics = [item.tag_id for item in story.piece_topics.all()]
    near = _newest(f"section:{story.section_id}", excluded)
    if topics:
        sharing = near + [pk for tag in topics for pk in _newest(f"topic:{tag}", excluded)]
        shared = PieceTopic.objects.filter(content_object__in=sharing, tag__in=topics).values("content_object")
        ranked = dict(shared.annotate(n=Count("pk")).values_list("content_object", "n"))
        if ranked:
            # most in common first; of those, what stands in the same section, then what is newest
            best: int = max(ranked, key=lambda pk: (ranked[pk], pk in near, -sharing.index(pk)))
            return best
    if near:
        return near[0]
    newest = _newest("stories", excluded)
    return newest[0] if newest else None


def pointed_to(story: StoryPage) -> list[int]:
    """The keys of the pieces that the editor placed in the body."""
    return [block.value.pk for block in story.body if block.block_type == "read_on" and block.value is not None]


def replace(gone: object) -> None:
    """Choose anew for every story that pointed to `gone`, in the transaction that takes it away."""
    pk: int = gone.pk  # type: ignore[attr-defined]
    for story in StoryPage.objects.filter(automatic_read_on=pk).prefetch_related("piece_topics"):
        StoryPage.objects.filter(pk=story.pk).update(automatic_read_on=choose(story, but_not=(pk,)))
        announce(f"page:{story.pk}")


def _newest(name: str, excluded: set[int | None]) -> list[int]:
    rows = Listed.objects.filter(list=name).order_by("-published_at", "-piece").values_list("piece", flat=True)
    return [pk for pk in rows[: NEAR_BY + len(excluded)] if pk not in excluded]
