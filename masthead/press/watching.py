"""Models whose rows stand on pages: saving or deleting one announces the parts that it belongs to."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from masthead.press.changes import announce

Parts = Callable[[Any], Iterable[str]]


def watch(model: type[Model], parts: Parts, pull: Callable[[Any], bool] | None = None) -> None:
    """Announce `parts(row)` in the same transaction whenever a row of `model` is saved or deleted.

    What the row belonged to before is announced as well, so that a story which moves leaves its old section. Deleting
    is a pull; saving is one when `pull(row)` says so. A model that is no Wagtail page inherits `OnPages`.
    `QuerySet.update` and `bulk_create` tell nobody: announce beside them.
    """

    def before(sender: type[Model], instance: Any, **_: Any) -> None:
        stored = sender._base_manager.filter(pk=instance.pk).first() if instance.pk else None
        instance._parts_before = set(parts(stored)) if stored is not None else set()

    def saved(sender: type[Model], instance: Any, raw: bool = False, **_: Any) -> None:
        if not raw:
            announce(*_parts_of(instance), pull=bool(pull and pull(instance)))

    def deleted(sender: type[Model], instance: Any, **_: Any) -> None:
        announce(*_parts_of(instance), pull=True)

    def joined(sender: type[Model], instance: Any, action: str, reverse: bool, pk_set: Any, **_: Any) -> None:
        if action.startswith("post_") or action == "pre_clear":
            rows = model._base_manager.filter(pk__in=pk_set or ()) if reverse else [instance]
            announce(*{part for row in rows for part in parts(row)})

    def _parts_of(instance: Any) -> set[str]:
        return set(parts(instance)) | getattr(instance, "_parts_before", set())

    name = f"press:{model._meta.label}"
    pre_save.connect(before, sender=model, weak=False, dispatch_uid=name)
    post_save.connect(saved, sender=model, weak=False, dispatch_uid=name)
    pre_delete.connect(before, sender=model, weak=False, dispatch_uid=name)
    post_delete.connect(deleted, sender=model, weak=False, dispatch_uid=name)
    for field in model._meta.many_to_many:
        m2m_changed.connect(joined, sender=field.remote_field.through, weak=False, dispatch_uid=name)
