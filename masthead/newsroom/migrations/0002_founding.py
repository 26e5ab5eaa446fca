# ruff: noqa: N806  (models as they stood then keep the names of classes)
"""What every newsroom begins with: a front page as the site's root, the film page, the paper, and who may do what."""

from typing import Any

from django.db import migrations

EDITORS_MAY = ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page")
PICTURES = ("add_image", "change_image", "choose_image")
SNIPPETS = ("person", "runningstory", "topic")


def found(apps: Any, schema_editor: Any) -> None:
    Page, Site, Locale = (apps.get_model("wagtailcore", name) for name in ("Page", "Site", "Locale"))
    FrontPage, FilmIndexPage = (apps.get_model("newsroom", name) for name in ("FrontPage", "FilmIndexPage"))
    ContentType = apps.get_model("contenttypes", "ContentType")

    def type_of(model: str) -> Any:
        return ContentType.objects.get_or_create(app_label="newsroom", model=model)[0]

    Page.objects.filter(slug="home", depth=2).delete()  # Wagtail's welcome page, and with it its site
    locale = Locale.objects.get()
    front = FrontPage.objects.create(
        title="Front", draft_title="Front", slug="front", content_type=type_of("frontpage"), locale=locale,
        path="00010001", depth=2, numchild=1, url_path="/front/", live=True,
    )  # fmt: skip
    films = FilmIndexPage.objects.create(
        title="Films", draft_title="Films", slug="films", content_type=type_of("filmindexpage"), locale=locale,
        path="000100010001", depth=3, numchild=0, url_path="/front/films/", live=True, show_in_menus=True,
    )  # fmt: skip
    Site.objects.create(hostname="localhost", port=80, root_page=front, is_default_site=True)
    Address = apps.get_model("newsroom", "Address")
    Address.objects.create(path="/", thing=f"front:{front.pk}")
    Address.objects.create(path="/films/", thing=f"films:{films.pk}")
    apps.get_model("newsroom", "Paper").objects.create()


def say_who_may(apps: Any, schema_editor: Any) -> None:
    """Editors publish; reporters write drafts and add pictures."""
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    OnPage = apps.get_model("wagtailcore", "GroupPagePermission")
    OnCollection = apps.get_model("wagtailcore", "GroupCollectionPermission")
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    collection = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)

    def permission(app: str, model: str, codename: str) -> Any:
        content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        return Permission.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
        )[0]

    Group.objects.filter(name="Moderators").delete()
    editors, _ = Group.objects.get_or_create(name="Editors")
    reporters, _ = Group.objects.get_or_create(name="Reporters")
    for group, may in ((editors, EDITORS_MAY), (reporters, ("add_page",))):
        group.permissions.add(permission("wagtailadmin", "admin", "access_admin"))
        for codename in may:
            OnPage.objects.get_or_create(group=group, page=root, permission=permission("wagtailcore", "page", codename))
        for codename in PICTURES if group is editors else ("add_image", "choose_image"):
            OnCollection.objects.get_or_create(
                group=group, collection=collection, permission=permission("wagtailimages", "image", codename)
            )
    for model in SNIPPETS:
        editors.permissions.add(
            *(permission("newsroom", model, f"{act}_{model}") for act in ("add", "change", "delete"))
        )
    editors.permissions.add(permission("newsroom", "paper", "change_paper"))
    reporters.permissions.add(permission("newsroom", "topic", "add_topic"))


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailadmin", "0006_formstate"),
    ]
    operations = [
        migrations.RunPython(found, migrations.RunPython.noop),
        migrations.RunPython(say_who_may, migrations.RunPython.noop),
    ]
