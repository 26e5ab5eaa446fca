"""What providers take by their public price lists; a newsroom with other terms changes them at the desk."""

from django.db import migrations

from masthead.core.rights import on, permit

RATES = [  # provider, method, currency, of a hundred, for each payment, at most (in minor units)
    ("stripe", "card", "GBP", "1.5", 20, None),
    ("stripe", "card", "EUR", "1.5", 25, None),
    ("stripe", "card", "USD", "2.9", 30, None),
    ("gocardless", "debit", "GBP", "1", 20, 400),
    ("gocardless", "debit", "EUR", "1", 20, 400),
    ("practice", "card", "GBP", "1.5", 20, None),
]


def write_down(apps, schema_editor):
    rates = apps.get_model("giving", "FeeRate")
    for provider, method, currency, percent, fixed, most in RATES:
        rates.objects.get_or_create(
            provider=provider,
            method=method,
            currency=currency,
            defaults={"percent": percent, "fixed_minor": fixed, "most_minor": most},
        )


def treasurers_change_them(apps, schema_editor):
    permit(apps, "Treasurers", *on("giving", "feerate", "add", "change", "delete", "view"))
    permit(apps, "Treasurers", *on("giving", "currencyterms", "add", "change", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0009_presents_currencies_fees_remarks"),
        ("money", "0012_money_without_a_provider"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunPython(write_down, migrations.RunPython.noop),
        migrations.RunPython(treasurers_change_them, migrations.RunPython.noop),
    ]
