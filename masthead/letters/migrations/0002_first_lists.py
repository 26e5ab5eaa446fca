"""The two lists that a paper begins with: a month's for supporters, a week's for everybody."""

from django.db import migrations

LISTS = (
    {
        "slug": "behind-the-scenes",
        "name": "Behind the scenes",
        "sentence": "How the month’s stories came about, and what we could not print. Every month, for supporters.",
        "benefit": "letter",
        "rhythm": "month",
        "position": 0,
    },
    {
        "slug": "the-week",
        "name": "The week in five stories",
        "sentence": "Five stories from the week, and why they matter. Every week, free.",
        "benefit": "",
        "rhythm": "week",
        "position": 1,
    },
)


def begin(apps, schema_editor):
    for facts in LISTS:
        apps.get_model("letters", "LetterList").objects.get_or_create(slug=facts["slug"], defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
