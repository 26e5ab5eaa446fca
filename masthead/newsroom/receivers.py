"""What is heard from the libraries below: a page of ours is about to be saved, was saved, moved or deleted."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page

from masthead.core import clock
from masthead.newsroom import pictures, places, read_on, standing
from masthead.newsroom.models import (
    FilmIndexPage,
    FilmPage,
    FrontPage,
    Paper,
    Person,
    Picture,
    Piece,
    PlainPage,
    PublicPage,
    Rendition,
    RunningStory,
    SectionPage,
    StoryPage,
    Topic,
)
from masthead.press.watching import watch

PAGES = (StoryPage, FilmPage, SectionPage, FrontPage, FilmIndexPage, PlainPage)
NAMED = (Person, Topic, RunningStory)


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    for model in PAGES:
        pre_save.connect(about_to_save, sender=model, dispatch_uid=f"newsroom:before:{model.__name__}")
        post_save.connect(saved, sender=model, dispatch_uid=f"newsroom:after:{model.__name__}")
        pre_delete.connect(about_to_delete, sender=model, dispatch_uid=f"newsroom:gone:{model.__name__}")
    post_save.connect(moved, sender=Page, dispatch_uid="newsroom:moved")
    for named in NAMED:
        post_save.connect(named_saved, sender=named, dispatch_uid=f"newsroom:after:{named.__name__}")
    post_save.connect(picture_saved, sender=Picture, dispatch_uid="newsroom:after:Picture")
    post_delete.connect(size_deleted, sender=Rendition, dispatch_uid="newsroom:gone:Rendition")
    watch(Person, lambda person: (f"person:{person.pk}", f"list:person:{person.pk}", "people"))
    watch(Topic, lambda topic: (f"topic:{topic.pk}", f"list:topic:{topic.pk}"))
    watch(RunningStory, lambda chain: (f"chain:{chain.pk}", f"list:chain:{chain.pk}", "running"))
    watch(Paper, lambda paper: ("paper",))
    watch(Picture, lambda picture: (f"picture:{picture.pk}",), pull=pictures.is_withdrawn)


def about_to_save(sender: Any, instance: PublicPage, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    """Note how the page stood, and compute what is computed when it is saved."""
    if raw or _only_notes(update_fields):
        return
    instance._was = standing.before(instance)
    if not isinstance(instance, Piece):
        return
    if instance.pk is None and isinstance(instance, StoryPage):
        instance.section_id = instance.get_parent().pk
    if instance.live and instance.published_at is None:
        instance.published_at = instance._was.published_at or clock.now()
    if isinstance(instance, StoryPage):
        facts = places.facts_of(instance.body)
        instance.words, instance.places = sum(fact.words for fact in facts), places.places(facts)
        if instance.live and not instance._was.live:
            instance.automatic_read_on_id = read_on.choose(instance)


def saved(sender: Any, instance: PublicPage, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    """Keep lists, addresses and prints true, in the transaction of the save."""
    if raw or _only_notes(update_fields):
        return
    standing.settle(instance, instance._was)


def moved(sender: Any, instance: Page, created: bool, update_fields: Any = None, **_: Any) -> None:
    """A move saves the bare Page inside its transaction: the story joins the section that it now hangs below."""
    if created or update_fields is not None:
        return
    story = StoryPage.objects.filter(pk=instance.pk).first()
    if story is None:
        return
    was = standing.before(story)
    section = SectionPage.objects.get(pk=instance.get_parent().pk)
    if story.section_id == section.pk:
        return
    story.section = section
    StoryPage.objects.filter(pk=story.pk).update(section=section)
    standing.settle(story, was)


def about_to_delete(sender: Any, instance: PublicPage, **_: Any) -> None:
    standing.withdraw(instance)


def named_saved(sender: Any, instance: Any, raw: bool = False, **_: Any) -> None:
    if not raw:
        standing.settle_named(instance)


def picture_saved(sender: Any, instance: Picture, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    """Have the sizes that are missing made, after the commit; those of a picture that may not be shown go."""
    if raw or update_fields is not None:
        return
    if pictures.is_withdrawn(instance):
        pictures.renditions.remove(instance)
    pictures.renditions.order(instance)


def size_deleted(sender: Any, instance: Rendition, **_: Any) -> None:
    pictures.renditions.forget_files(instance)


def _only_notes(update_fields: Any) -> bool:
    """Whether a save writes only what Wagtail notes beside the page: drafts, locks."""
    return update_fields is not None and not {"live", "slug", "title", "published_at"} & set(update_fields)
