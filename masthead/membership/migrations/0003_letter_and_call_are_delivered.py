"""From this version on the monthly letter and the quarterly call are delivered, and so they are promised."""

from typing import Any

from django.db import migrations

SENTENCES = {
    "letter": "How a report came about, what it cost, what we got wrong. It comes by e-mail.",
    "call": "An hour by video every quarter: reserve a seat, send a question, vote on what is asked.",
}


def promise(apps: Any, schema_editor: Any) -> None:
    """Tiers that grant them stay as they are; who may have what has stood in the ledger since they began to give."""
    for code, sentence in SENTENCES.items():
        apps.get_model("membership", "Benefit").objects.filter(code=code).update(delivered=True, sentence=sentence)


def take_back(apps: Any, schema_editor: Any) -> None:
    """As the version before had it."""
    apps.get_model("membership", "Benefit").objects.filter(code__in=SENTENCES).update(delivered=False)


class Migration(migrations.Migration):
    dependencies = [("membership", "0002_first_tier")]
    operations = [migrations.RunPython(promise, take_back)]
