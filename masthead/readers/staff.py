"""What becomes of staff: roles given and taken, a password changed, somebody who left. All of it is in the audit log.

The desk's own forms, its bulk acts and the shell write these rows in many ways; so Django tells us of each, and the
sessions of whoever loses something end with it, whoever wrote it.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from wagtail.log_actions import get_active_log_context

from masthead.core import audit
from masthead.core.actors import Actor
from masthead.readers import desk_sessions
from masthead.readers.models import DeskSession, StaffUser
from masthead.readers.refusals import LastAdministrator, NotYourself

ADMINISTRATOR = "Administrators"  # the role that is no group: Django's superuser

audit.register("staff.invited", "{by} let {subject} in at the desk")
audit.register("staff.role-given", "{by} gave {subject} a role: {role}")
audit.register("staff.role-taken", "{by} took a role from {subject}: {role}")
audit.register("staff.deactivated", "{by} deactivated {subject}")
audit.register("staff.activated", "{by} activated {subject} again")
audit.register("staff.password-changed", "the password of {subject} was changed by {by}")
audit.register("staff.removed", "{by} removed {subject}")
audit.register("staff.left", "{by} said that {subject} has left")
audit.register("role.changed", "{by} changed what a role may do: {role}")
audit.register("role.removed", "{by} removed a role: {role}")


def leave(person: StaffUser, *, by: Actor) -> None:
    """Somebody has left the newsroom: no way in any more, every session ended. Bylines and what was done stay.

    Raises NotYourself, LastAdministrator.
    """
    if by == person.actor:
        raise NotYourself
    with transaction.atomic():
        administrators = StaffUser.objects.select_for_update().filter(is_superuser=True, is_active=True)
        if {one.pk for one in administrators} == {person.pk}:
            raise LastAdministrator
        person.is_active = False
        person.save(update_fields=["is_active"])
        audit.record("staff.left", person, by=by)


def _who() -> Actor:
    """Who acts at the desk just now; elsewhere nobody is signed in: a link that came by mail, or a shell."""
    user = get_active_log_context().user
    return user.actor if isinstance(user, StaffUser) else Actor.system("staff")


WATCHED = ("password", "is_active", "is_superuser")


def _before(sender: Any, instance: StaffUser, update_fields: Any, **_: Any) -> None:
    """What was stored until now, where it may change."""
    asked = instance.pk and (update_fields is None or set(WATCHED) & set(update_fields))
    instance._was = StaffUser.objects.filter(pk=instance.pk).values(*WATCHED).first() if asked else None  # type: ignore[attr-defined]


def _after(sender: Any, instance: StaffUser, created: bool, **_: Any) -> None:
    by = _who()
    if created:
        audit.record("staff.invited", instance, by=by)
        if instance.is_superuser:
            audit.record("staff.role-given", instance, by=by, role=ADMINISTRATOR)
        return
    was = instance._was  # type: ignore[attr-defined]
    if was is None:
        return
    if was["is_active"] != instance.is_active:
        audit.record("staff.activated" if instance.is_active else "staff.deactivated", instance, by=by)
    if was["is_superuser"] != instance.is_superuser:
        act = "staff.role-given" if instance.is_superuser else "staff.role-taken"
        audit.record(act, instance, by=by, role=ADMINISTRATOR)
    if was["password"] != instance.password:
        audit.record("staff.password-changed", instance, by=by)
    lost = any(was[name] and not getattr(instance, name) for name in ("is_active", "is_superuser"))
    if lost or was["password"] != instance.password:
        desk_sessions.end_all(instance, by=by, but=_kept(instance, by) if not lost else None)


def _kept(person: StaffUser, by: Actor) -> DeskSession | None:
    """Who changes the own password stays signed in where it was typed."""
    return get_active_log_context().user.desk_session if by == person.actor else None


def _roles_move(sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Groups of a person, or persons of a group: what was given and taken, in words and with its consequence."""
    if action == "pre_clear":
        pk_set = set((instance.user_set if reverse else instance.groups).values_list("pk", flat=True))
    if action not in ("post_add", "post_remove", "pre_clear") or not pk_set:
        return
    if reverse:
        pairs = [(person, instance) for person in StaffUser.objects.filter(pk__in=pk_set)]
    else:
        pairs = [(instance, group) for group in Group.objects.filter(pk__in=pk_set)]
    for person, group in pairs:
        _given(person, group) if action == "post_add" else _taken(person, group)


def _given(person: StaffUser, group: Group) -> None:
    audit.record("staff.role-given", person, by=_who(), role=group.name)


def _taken(person: StaffUser, group: Group) -> None:
    audit.record("staff.role-taken", person, by=_who(), role=group.name)
    desk_sessions.end_all(person, by=_who())


def _role_changes(sender: Any, instance: Any, action: str, reverse: bool, **_: Any) -> None:
    if action in ("post_add", "post_remove", "post_clear") and not reverse:
        audit.record("role.changed", instance, by=_who(), role=instance.name)


def _role_goes(sender: Any, instance: Group, **_: Any) -> None:
    for person in StaffUser.objects.filter(groups=instance):
        _taken(person, instance)
    audit.record("role.removed", instance, by=_who(), role=instance.name)


def _person_goes(sender: Any, instance: StaffUser, **_: Any) -> None:
    audit.record("staff.removed", instance, by=_who())


def listen() -> None:
    """Hear of each change."""
    pre_save.connect(_before, sender=StaffUser, dispatch_uid="staff.before")
    post_save.connect(_after, sender=StaffUser, dispatch_uid="staff.after")
    pre_delete.connect(_person_goes, sender=StaffUser, dispatch_uid="staff.goes")
    pre_delete.connect(_role_goes, sender=Group, dispatch_uid="staff.role-goes")
    m2m_changed.connect(_roles_move, sender=StaffUser.groups.through, dispatch_uid="staff.roles")
    m2m_changed.connect(_role_changes, sender=Group.permissions.through, dispatch_uid="staff.rights")
