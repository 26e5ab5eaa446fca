"""What a group of staff may do, as a migration says it."""

from collections.abc import Mapping
from typing import Any


def permit(apps: Any, group: str, *rights: str, says: Mapping[str, str] | None = None) -> None:
    """Give a group the rights, each as "app.model.codename" ("adverts.booking.add_booking"); group and rights are made.

    `apps` is what a migration is given. `says` has the sentence of a right that is not one of Django's own four, by
    its codename; the same as in its model's Meta.permissions.
    """
    types, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    members, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    for right in rights:
        app, model, codename = right.split(".")
        content_type, _ = types.objects.get_or_create(app_label=app, model=model)
        name = (says or {}).get(codename) or f"Can {codename.replace('_', ' ')}"
        permission, _ = permissions.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        members.permissions.add(permission)


def on(app: str, model: str, *acts: str) -> list[str]:
    """Django's own rights on a model: `on("adverts", "booking", "add", "view")`."""
    return [f"{app}.{model}.{act}_{model}" for act in acts]
