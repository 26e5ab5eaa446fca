"""What the desk calls copies of letters, and addresses that are not written to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0007_editors_run_lists")]

    operations = [
        migrations.AlterModelOptions(
            name="delivery",
            options={"verbose_name": "copy", "verbose_name_plural": "copies"},
        ),
        migrations.AlterModelOptions(
            name="suppression",
            options={
                "ordering": ["-since", "-pk"],
                "verbose_name": "address not written to",
                "verbose_name_plural": "not written to",
            },
        ),
    ]
