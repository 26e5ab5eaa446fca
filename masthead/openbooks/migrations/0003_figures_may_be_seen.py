"""Looking at the figures is a permission of its own, apart from looking at what was entered."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("openbooks", "0002_categories")]
    operations = [
        migrations.AlterModelOptions(
            name="spent", options={"permissions": [("view_figures", "Can see the figures of the open books")]}
        )
    ]
