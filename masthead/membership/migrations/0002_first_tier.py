"""The tier and the benefits that every newsroom begins with."""

from typing import Any

from django.db import migrations

BENEFITS = [
    ("ad-free", "No adverts, no appeals", "On every device where you sign in, from the minute you have paid.", True),
    (
        "letter",
        "A letter every month from behind the scenes",
        "How a report came about, what it cost, what we got wrong.",
        False,
    ),
    ("call", "The call with the editor-in-chief", "Every quarter, an hour, your questions.", False),
    ("shop", "A discount in the shop", "The price is yours already, nothing to type in.", False),
]


def begin(apps: Any, schema_editor: Any) -> None:
    """One tier, from 3.00 a month; benefits that this version does not deliver wait unseen."""
    benefit_model = apps.get_model("membership", "Benefit")
    tier = apps.get_model("membership", "Tier").objects.create(name="Supporter", floor_minor=300, currency="GBP")
    for position, (code, name, sentence, delivered) in enumerate(BENEFITS):
        benefit = benefit_model.objects.create(
            code=code, name=name, sentence=sentence, delivered=delivered, position=position
        )
        tier.benefits.add(benefit)


class Migration(migrations.Migration):
    dependencies = [("membership", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
