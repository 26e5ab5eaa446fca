"""What becomes of letters when two accounts become one: what the account that stays decided about a list, stands."""

from masthead.letters.models import Consent, Delivery, Subscription
from masthead.readers import merging
from masthead.readers.models import Reader


def says(gone: Reader, kept: Reader) -> list[str]:
    """Lists that come with it."""
    decided = Subscription.objects.filter(reader=kept).values("list")
    comes = Subscription.objects.filter(reader=gone).exclude(list__in=decided).select_related("list")
    named = ", ".join(row.list.name for row in comes)
    copies = Delivery.objects.filter(reader=gone).count()
    says = [f"What was decided about these letters: {named}."] if named else []
    return [*says, f"Copies of letters that were sent: {copies}."] if copies else says


def move(gone: Reader, kept: Reader) -> None:
    """Consents and copies change hands; of two decisions about one list that of the account that stays holds."""
    Consent.objects.filter(reader=gone).update(reader=kept)
    decided = Subscription.objects.filter(reader=kept).values_list("list", flat=True)
    Subscription.objects.filter(reader=gone).exclude(list__in=list(decided)).update(reader=kept)
    Subscription.objects.filter(reader=gone).delete()
    had = Delivery.objects.filter(reader=kept).values_list("mailing", flat=True)
    Delivery.objects.filter(reader=gone).exclude(mailing__in=list(had)).update(reader=kept)


merging.register("letters", says=says, move=move)
