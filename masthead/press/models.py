from typing import Any

from django.db import models, transaction


class Change(models.Model):
    """Something that pages are made of has changed. Written in the transaction of the change itself.

    `id` is the change number that prints carry: on every database, rows become visible in its order.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    parts = models.JSONField(help_text="Names of rows and lists, such as page:7 or list:section:politics.")
    pull = models.BooleanField(default=False, help_text="Whether the old page may not be shown a moment longer.")


class OnPages(models.Model):
    """A model whose rows stand on printed pages: each save is one transaction with the change row that it causes."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=kwargs.get("using")):
            return super().delete(*args, **kwargs)
