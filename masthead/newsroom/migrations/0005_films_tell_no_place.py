"""Films lie under names that nobody guesses and tell no place; a size remembers the files that it had before."""

import django.core.validators
from django.db import migrations, models

import masthead.newsroom.films


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0004_what_was_published_before")]

    operations = [
        migrations.AddField(
            model_name="rendition",
            name="older",
            field=models.JSONField(blank=True, default=list, help_text="names of files that it had before"),
        ),
        migrations.AlterField(
            model_name="filmpage",
            name="captions",
            field=masthead.newsroom.films.HiddenFileField(
                blank=True,
                help_text="A WebVTT file: every word that is spoken, and every sound that matters.",
                upload_to="films",
                validators=[
                    django.core.validators.FileExtensionValidator(["vtt"]),
                    masthead.newsroom.films.is_captions,
                ],
                verbose_name="captions",
            ),
        ),
        migrations.AlterField(
            model_name="filmpage",
            name="film",
            field=masthead.newsroom.films.FilmField(
                blank=True,
                upload_to="films",
                validators=[
                    django.core.validators.FileExtensionValidator(["mp4", "webm"]),
                    masthead.newsroom.films.is_a_film,
                ],
                verbose_name="film",
            ),
        ),
    ]
