"""Which benefits an amount reaches, and how they are told to readers."""

from masthead.giving.promises import Kept, Level, Promise
from masthead.money.amounts import Money
from masthead.money.customers import Sale
from masthead.readers.models import Device, Reader

from . import grants
from .models import AD_FREE, Benefit, Grant, Reason, Tier

MONTHS_A_YEAR = 12


def reached_by(amount: Money, interval: str) -> dict[str, int]:
    """The codes of the benefits that `amount` every `interval` reaches, each with the lowest floor that grants it.

    What isn't delivered yet is granted as well, so that it is there on the day on which it is.
    """
    a_year = amount.minor * (MONTHS_A_YEAR if interval == "month" else 1)
    floors: dict[str, int] = {}
    for tier in Tier.objects.filter(currency=amount.currency).prefetch_related("benefits"):
        if a_year >= tier.floor_minor * MONTHS_A_YEAR:
            for benefit in tier.benefits.all():
                floors.setdefault(benefit.code, tier.floor_minor)
    return floors


def codes_of_lowest(currency: str) -> set[str]:
    """What the lowest level grants that frees of adverts: in this currency, else in any, else that alone."""
    freeing = Tier.objects.filter(benefits__code=AD_FREE)
    tier = freeing.filter(currency=currency).first() or freeing.first()
    return set(tier.benefits.values_list("code", flat=True)) if tier else {AD_FREE}


def all_codes() -> set[str]:
    """Every benefit that some tier grants."""
    return set(Benefit.objects.filter(tiers__isnull=False).values_list("code", flat=True))


def levels() -> list[Level]:
    """What is promised, lowest floor first; only what this version delivers."""
    tiers = Tier.objects.prefetch_related("benefits")
    return [Level(tier.name, tier.floor, tuple(_promises(tier)), _frees(tier)) for tier in tiers]


def sale_of(amount: Money, interval: str) -> Sale | None:
    """What of `amount`, given this often, is the price of something sold, as the highest tier that it reaches says."""
    months = 1 if interval == "month" else MONTHS_A_YEAR
    tiers = Tier.objects.filter(currency=amount.currency).order_by("-floor_minor")
    reached = next((tier for tier in tiers if amount.minor >= tier.floor_minor * months), None)
    if reached is None or not reached.sale_minor:
        return None
    return Sale(reached.sale * months, reached.vat_hundredths)


def kept_for(reader: Reader | None, device: Device | None) -> list[Kept]:
    """What this reader, or this very device, has now; of several grants of one benefit the one that lasts longest."""
    best: dict[str, Grant] = {}
    for grant in grants.standing_for(reader, device):
        held = best.get(grant.benefit)
        if held is None or grants.lasts_longer(grant, held):
            best[grant.benefit] = grant
    known = Benefit.objects.filter(code__in=best, delivered=True)
    kept = [Kept(Promise(b.name, b.sentence, b.code), best[b.code].over_at, _why(best[b.code])) for b in known]
    if AD_FREE not in best and "thanked" in best:
        kept.append(Kept(Promise("No appeals", "The adverts stay."), best["thanked"].over_at, _why(best["thanked"])))
    return kept


def _promises(tier: Tier) -> list[Promise]:
    return [Promise(b.name, b.sentence, b.code) for b in tier.benefits.all() if b.delivered]


def _frees(tier: Tier) -> bool:
    return any(benefit.code == AD_FREE for benefit in tier.benefits.all())


def _why(grant: Grant) -> str:
    return {
        Reason.PLEDGE: "Because of what you give.",
        Reason.GIFT: "Because of your gift.",
        Reason.COURTESY: "With the compliments of the newsroom.",
        Reason.PRESENT: "Because somebody made you a present of it.",
    }[Reason(grant.reason_kind)]
