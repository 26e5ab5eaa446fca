import django.db.models.deletion
from django.db import migrations, models

import masthead.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0002_editors_hold_calls"),
        ("readers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="key_hash",
            field=models.CharField(
                blank=True,
                db_index=True,
                help_text="of the link by which its reader declines all invitations",
                max_length=64,
            ),
        ),
        migrations.CreateModel(
            name="NoInvitations",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(default=masthead.core.clock.now)),
                (
                    "reader",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="readers.reader"
                    ),
                ),
            ],
        ),
    ]
