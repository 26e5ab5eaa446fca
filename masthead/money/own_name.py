"""What this newsroom calls itself on everything that it has a provider make: a name that stays when addresses change.

Others may share the provider's account. Only what bears our name is ours.
"""

from masthead.money.models import OwnName


def own_name() -> str:
    """The name, made when first asked for."""
    return OwnName.objects.get_or_create(pk=1)[0].name
