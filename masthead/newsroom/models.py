"""What the newsroom makes, and who makes it: stories, films, sections, people, pictures, and where they stand.

Pages are Wagtail's. A page's own columns say what it is; `Listed` says in which lists it stands, newest first;
`Address` says where readers find it and found it before. Both are kept by `receivers.py` in the transaction
that saves the page.
"""

from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.validators import FileExtensionValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import AbstractImage, AbstractRendition, WagtailImageField, get_upload_to
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index

from masthead.core import clock
from masthead.newsroom import desk, films
from masthead.newsroom.blocks import PlainBody, StoryBody
from masthead.press.models import OnPages

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as # and six digits or letters a to f: #0c5460."))


def _check_address_is_free(thing: Any) -> None:
    from masthead.newsroom import addresses

    addresses.check_free(thing)


# --- Pictures ----------------------------------------------------------------------------------------------


def originals() -> Storage:
    """Where pictures lie as they were uploaded, location and all: never served."""
    return storages["originals"]


class Picture(OnPages, AbstractImage):  # type: ignore[django-manager-missing]
    """A photograph or drawing, with who made it and what may be done with it."""

    file = WagtailImageField(
        _("file"), upload_to=get_upload_to, storage=originals, width_field="width", height_field="height"
    )
    alt = models.TextField(
        _("description for those who can't see it"),
        max_length=500,
        blank=True,
        help_text=_("What the picture shows, in a sentence. A picture without it can't be published."),
    )
    is_decorative = models.BooleanField(
        _("only decoration"),
        default=False,
        help_text=_("Shows nothing that the text speaks of: no description needed."),
    )
    caption = models.TextField(_("caption"), max_length=1000, blank=True)
    credit_who = models.CharField(
        _("made by"), max_length=160, blank=True, help_text=_("The photographer or artist, as printed in the credit.")
    )
    credit_agency = models.CharField(
        _("agency"),
        max_length=200,
        blank=True,
        help_text=_("Who sent it; where it was passed on, a chain: Reuters / PA Media."),
    )
    copyright = models.CharField(_("copyright notice"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where we have it from."))
    rights_page = models.CharField(
        _("statement of rights"),
        max_length=300,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("The address of a page that says what may be done with it."),
    )
    rights_end = models.DateField(
        _("last day of our rights"),
        null=True,
        blank=True,
        help_text=_("After this day it is shown nowhere any more. Empty: without end."),
    )
    may_be_passed_on = models.BooleanField(
        _("may be passed on"), default=False, help_text=_("In feeds, and to other sites when a story is shared.")
    )
    found = models.JSONField(
        _("found in the file"), default=dict, blank=True, editable=False, help_text="IPTC and XMP as read at upload"
    )
    confirmed = models.BooleanField(
        _("checked"), default=False, help_text=_("Caption, credit and rights were looked at by one of us.")
    )

    admin_form_fields = (
        "title", "file", "alt", "is_decorative", "caption", "credit_who", "credit_agency", "copyright", "source",
        "rights_page", "rights_end", "may_be_passed_on", "tags", "focal_point_x", "focal_point_y",
        "focal_point_width", "focal_point_height",
    )  # fmt: skip
    search_fields = [
        *AbstractImage.search_fields,
        index.SearchField("alt"),
        index.SearchField("caption"),
        index.SearchField("credit_who"),
        index.SearchField("credit_agency"),
        index.SearchField("source"),
        index.FilterField("rights_end"),
        index.FilterField("confirmed"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def credit(self) -> str:
        """Who made it and who sent it, as a chain: 'Paul Carmona / Unsplash'."""
        return " / ".join(part for part in (self.credit_who, self.credit_agency) if part)

    @property
    def default_alt_text(self) -> str:
        """What stands for the picture where only words can."""
        return "" if self.is_decorative else self.alt

    def generate_rendition_file(self, filter: Any, *, source: Any = None) -> Any:
        """Draw one size; the credit goes with it, the place where it was taken does not."""
        from masthead.newsroom.pictures import metadata, savers

        with savers.carrying(metadata.packet_for(self)):
            return super().generate_rendition_file(filter, source=source)


class Rendition(AbstractRendition):
    """One size and format of a picture, public."""

    image = models.ForeignKey(Picture, related_name="renditions", on_delete=models.CASCADE)
    packet = models.CharField(max_length=16, blank=True, help_text="hash of the credit that is written in it")
    older = models.JSONField(default=list, blank=True, help_text="names of files that it had before")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_is_made_once")
        ]


# --- People, topics, running stories -----------------------------------------------------------------------


class Person(OnPages, index.Indexed, models.Model):  # type: ignore[django-manager-missing]
    """Somebody who writes, films, draws or edits. Needs no login."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("name in addresses"), max_length=120, unique=True)
    role = models.CharField(_("what he or she does"), max_length=160, blank=True)
    bio = models.TextField(_("about"), max_length=2000, blank=True)
    picture = models.ForeignKey(Picture, verbose_name=_("picture"), null=True, blank=True, on_delete=models.SET_NULL,
                                related_name="+")  # fmt: skip
    email = models.EmailField(_("address shown to readers"), blank=True)

    panels = desk.PERSON
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("role"),
        index.FilterField("name"),
    ]

    class Meta:
        ordering = ("name",)
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/people/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        _check_address_is_free(self)


class Topic(OnPages, TagBase):  # type: ignore[django-manager-missing]
    """What stories are about, across sections."""

    free_tagging = True
    panels = desk.TOPIC

    class Meta:
        ordering = ("name",)
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    @property
    def path(self) -> str:
        return f"/topics/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        _check_address_is_free(self)


class RunningStory(OnPages, index.Indexed, models.Model):
    """Stories about one matter, joined in a chain."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("name in addresses"), max_length=120, unique=True)
    description = models.TextField(_("what it is about"), max_length=600, blank=True)
    ended = models.BooleanField(_("has come to its end"), default=False)

    panels = desk.RUNNING_STORY
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("description"),
        index.FilterField("name"),
    ]

    class Meta:
        ordering = ("name",)
        verbose_name = _("running story")
        verbose_name_plural = _("running stories")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/running/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        _check_address_is_free(self)


# --- Pages -------------------------------------------------------------------------------------------------


class PublicPage(Page):
    """What every page of ours shares: its address, and the one way to the public."""

    promote_panels = desk.PROMOTE
    settings_panels = desk.SETTINGS
    base_form_class = desk.PublicPageForm

    class Meta:
        abstract = True

    @property
    def path_now(self) -> str:
        """Where the page stands, or would stand if it were published now."""
        return f"/{self.slug}/"

    def clean(self) -> None:
        super().clean()
        _check_address_is_free(self)

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str]:
        """Site, root and path, for Wagtail's own links: addresses come from our own settings."""
        return (0, settings.SITE_ADDRESS, self.path_now)

    def get_url(self, request: Any = None, current_site: Any = None) -> str:
        return self.path_now

    url = property(get_url)

    def get_full_url(self, request: Any = None) -> str:
        return settings.SITE_ADDRESS + self.path_now

    full_url = property(get_full_url)

    def publish(self, revision: Any, **kwargs: Any) -> Any:
        """Publish `revision`, whoever asks for it. Raises NotReady with what is missing, Embargoed before its time."""
        from masthead.newsroom import publishing

        return publishing.let_out(super().publish, revision, **kwargs)

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Readers get pages from `web`; the desk's previews are drawn by the same renderer."""
        from masthead.newsroom import rendering

        return rendering.render(self, request)

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        request.edition = "public"  # as a visitor sees it, also where the editor's own browser is a supporter's
        return self.serve(request)


class PieceQuerySet(PageQuerySet):
    """Stories or films, asked for by what they are."""

    def published(self) -> Any:
        """What readers can see."""
        return self.live()

    def newest(self) -> Any:
        return self.order_by("-published_at", "-pk")

    def in_section(self, section: "SectionPage") -> Any:
        return self.filter(section=section)

    def by(self, person: Person) -> Any:
        return self.filter(bylines__person=person)

    def for_cards(self) -> Any:
        """With what a card in a list shows."""
        return self.select_related("section").prefetch_related("bylines__person")


PieceManager = PageManager.from_queryset(PieceQuerySet)


class PieceTopic(ItemBase):
    """One topic of one piece."""

    tag = models.ForeignKey(Topic, related_name="pieces", on_delete=models.CASCADE)
    content_object = ParentalKey(Page, related_name="piece_topics", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="piece_has_a_topic_once")]


class Byline(Orderable):
    """Who made a piece: one of our people, or a guest's name."""

    page = ParentalKey(Page, related_name="bylines", on_delete=models.CASCADE)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.PROTECT, related_name="bylines"
    )
    guest = models.CharField(_("or a guest's name"), max_length=120, blank=True)

    panels = desk.BYLINE

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                name="byline_is_a_person_or_a_guest",
                condition=(Q(person__isnull=False) & Q(guest="")) | (Q(person__isnull=True) & ~Q(guest="")),
                violation_error_message=_("Choose one of our people, or write a guest's name; not both."),
            )
        ]

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.guest


class Correction(models.Model):
    """What was wrong, what is right, and when it was changed."""

    class Place(models.TextChoices):
        TOP = "top", _("At the top: the mistake could have done harm")
        BOTTOM = "bottom", _("At the end, named at the top")

    page = ParentalKey(Page, related_name="corrections", on_delete=models.CASCADE)
    corrected_at = models.DateTimeField(_("corrected at"))
    text = models.TextField(_("what was wrong, and what is right"), max_length=1000)
    place = models.CharField(_("where"), max_length=6, choices=Place.choices, default=Place.BOTTOM)

    panels = desk.CORRECTION

    class Meta:
        ordering = ("-corrected_at", "-pk")


class Piece(PublicPage):
    """What a story and a film share."""

    section: Any
    standfirst = models.TextField(_("standfirst"), max_length=400, blank=True)
    source = models.CharField(
        _("agency"),
        max_length=120,
        blank=True,
        help_text=_("The agency that it came from, by name. Empty: our own work."),
    )
    published_at = models.DateTimeField(
        _("publication time"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Printed over the piece and part of its address. Empty: the moment of publishing."),
    )
    publish_at = models.DateTimeField(
        _("publish at"), null=True, blank=True, help_text=_("Choose a time, then press 'Schedule'.")
    )
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("It can't be published before, by any button.")
    )
    chain = models.ForeignKey(
        RunningStory, verbose_name=_("running story"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    topics = ClusterTaggableManager(through=PieceTopic, blank=True, verbose_name=_("topics"))
    sensitive = models.BooleanField(
        _("sensitive"), default=False, help_text=_("Death, violence, illness: neither adverts nor appeals.")
    )
    no_appeals = models.BooleanField(_("no appeals"), default=False)
    no_adverts = models.BooleanField(_("no adverts"), default=False)

    objects = PieceManager()

    class Meta(PublicPage.Meta):
        abstract = True

    @property
    def headline(self) -> str:
        return str(self.title)

    @property
    def is_own(self) -> bool:
        """Whether it is the newsroom's own work, and not an agency's."""
        return not self.source

    @property
    def byline_text(self) -> str:
        """All names, for search and feeds."""
        return ", ".join(byline.name for byline in self.bylines.all())

    @property
    def rests_from_appeals(self) -> bool:
        return self.no_appeals or self.sensitive

    @property
    def rests_from_adverts(self) -> bool:
        return self.no_adverts or self.sensitive

    def with_content_json(self, content: dict[str, Any]) -> "Piece":
        """A revision on the row of today: when it came out is the page's, where the draft doesn't say."""
        piece: Piece = super().with_content_json(content)
        if piece.published_at is None:
            piece.published_at = self.published_at
        return piece


class StoryPage(Piece):
    """An article."""

    section = models.ForeignKey(
        "newsroom.SectionPage",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the page above it, kept here so that lists of stories need not look it up",
    )
    dateline = models.CharField(_("dateline"), max_length=80, blank=True, help_text=_("The place: HAVERNESS"))
    lead_picture = models.ForeignKey(
        Picture, verbose_name=_("lead picture"), null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("Shown with the headline in lists, and above the text unless the body shows it first."),
    )  # fmt: skip
    lead_caption = models.CharField(_("caption here"), max_length=500, blank=True)
    body = StreamField(StoryBody(), verbose_name=_("body"), blank=True)
    automatic_read_on = models.ForeignKey(Page, null=True, blank=True, editable=False, on_delete=models.SET_NULL,
                                          related_name="+")  # fmt: skip
    words = models.PositiveIntegerField(default=0, editable=False)
    places = models.JSONField(default=list, editable=False, help_text="where an appeal or an advert may stand")

    parent_page_types = ["newsroom.SectionPage"]
    subpage_types: list[str] = []
    page_description = _("An article, with pictures.")
    preview_modes = [("", _("As a visitor sees it"))]
    content_panels = desk.STORY
    search_fields = [
        *Page.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("body"),
        index.SearchField("byline_text"),
        index.FilterField("published_at"),
        index.FilterField("section"),
    ]

    @property
    def path_now(self) -> str:
        day = clock.day_of(self.published_at or clock.now())
        return f"/{self.section.slug if self.section else '-'}/{day:%Y/%m/%d}/{self.slug}/"

    class Meta(Piece.Meta):
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        indexes = [models.Index(fields=["section", "-published_at"], name="story_by_section")]

    def with_content_json(self, content: dict[str, Any]) -> "StoryPage":
        story = super().with_content_json(content)
        story.section_id = self.section_id
        story.automatic_read_on_id = self.automatic_read_on_id
        return story


class FilmPage(Piece):
    """A video piece, with captions."""

    section = models.ForeignKey(
        "newsroom.SectionPage",
        verbose_name=_("section"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    film = films.FilmField(
        _("film"), upload_to="films", blank=True, validators=[FileExtensionValidator(["mp4", "webm"]), films.is_a_film]
    )
    captions = films.HiddenFileField(
        _("captions"), upload_to="films", blank=True, validators=[FileExtensionValidator(["vtt"]), films.is_captions],
        help_text=_("A WebVTT file: every word that is spoken, and every sound that matters."),
    )  # fmt: skip
    poster = models.ForeignKey(
        Picture, verbose_name=_("poster"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seconds = models.PositiveIntegerField(_("length in seconds"), default=0)
    transcript = RichTextField(_("what is said and shown"), blank=True, features=["bold", "italic", "link"])

    parent_page_types = ["newsroom.FilmIndexPage"]
    subpage_types: list[str] = []
    content_panels = desk.FILM
    search_fields = [
        *Page.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("transcript"),
        index.SearchField("byline_text"),
        index.FilterField("published_at"),
        index.FilterField("section"),
    ]

    @property
    def path_now(self) -> str:
        return f"/films/{self.slug}/"

    class Meta(Piece.Meta):
        verbose_name = _("film")
        verbose_name_plural = _("films")

    @property
    def lead_picture(self) -> Picture | None:
        """A film's card shows its poster."""
        return self.poster

    @property
    def lead_caption(self) -> str:
        return ""


class FrontPage(PublicPage):
    """The front: a lead and up to eight more that the editor picks; recency fills the rest."""

    lead = models.ForeignKey(
        Page, verbose_name=_("lead"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text=_("Empty: the newest story."),
    )  # fmt: skip

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["newsroom.SectionPage", "newsroom.FilmIndexPage", "newsroom.PlainPage"]
    content_panels = desk.FRONT

    @property
    def path_now(self) -> str:
        return "/"

    class Meta(PublicPage.Meta):
        verbose_name = _("front page")


class Pick(Orderable):
    """One story that the editor wants on the front page."""

    front = ParentalKey(FrontPage, related_name="picks", on_delete=models.CASCADE)
    piece = models.ForeignKey(Page, verbose_name=_("story or film"), on_delete=models.CASCADE, related_name="+")

    panels = desk.PICK


class SectionPage(PublicPage):
    """A part of the paper."""

    description = models.TextField(_("what stands in it"), max_length=400, blank=True)

    parent_page_types = ["newsroom.FrontPage"]
    subpage_types = ["newsroom.StoryPage"]
    content_panels = desk.SECTION

    class Meta(PublicPage.Meta):
        verbose_name = _("section")


class FilmIndexPage(PublicPage):
    """All films, newest first."""

    description = models.TextField(_("introduction"), max_length=400, blank=True)

    max_count = 1
    parent_page_types = ["newsroom.FrontPage"]
    subpage_types = ["newsroom.FilmPage"]
    content_panels = desk.SECTION

    class Meta(PublicPage.Meta):
        verbose_name = _("film page")


class PlainPage(PublicPage):
    """About, contact, privacy and the like."""

    body = StreamField(PlainBody(), verbose_name=_("body"), blank=True)
    in_footer = models.BooleanField(_("in the footer"), default=True)

    parent_page_types = ["newsroom.FrontPage"]
    subpage_types: list[str] = []
    content_panels = desk.PLAIN

    class Meta(PublicPage.Meta):
        verbose_name = _("plain page")


# --- The paper ---------------------------------------------------------------------------------------------


@register_setting(icon="site", order=10)
class Paper(OnPages, BaseGenericSetting):
    """What the paper is called and looks like: chosen by editors."""

    name = models.CharField(_("name of the paper"), max_length=80, default="The Paper")
    tagline = models.CharField(_("line below the name"), max_length=160, blank=True)
    description = models.TextField(_("what it is, in two sentences"), max_length=300, blank=True)
    plate = models.ForeignKey(
        Picture, verbose_name=_("name plate as a drawing"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", help_text=_("Empty: the name is set in the paper's own type."),
    )  # fmt: skip
    accent_light = models.CharField(_("accent colour on paper"), max_length=7, default="#0c5460", validators=[COLOUR])
    accent_dark = models.CharField(_("accent colour in the dark"), max_length=7, default="#7cc7d1", validators=[COLOUR])
    editor_in_chief = models.CharField(_("editor-in-chief"), max_length=120, blank=True)
    imprint = models.TextField(_("imprint"), max_length=1000, blank=True)
    postal_address = models.CharField(_("address of the office"), max_length=300, blank=True)

    panels = desk.PAPER

    class Meta:
        verbose_name = _("the paper")

    def clean(self) -> None:
        from masthead.newsroom import colours

        colours.check(self)


# --- Where things stand ------------------------------------------------------------------------------------


class Listed(models.Model):
    """One place of a published piece in one list. Lists are read newest first, a page at a time."""

    list = models.CharField(max_length=40, help_text="'all', 'films', 'section:4', 'person:3' …")
    piece = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "piece"], name="piece_stands_in_a_list_once")]
        indexes = [models.Index(fields=["list", "-published_at", "-piece"], name="listed_newest_first")]


class Address(models.Model):
    """A path that something was published at. It is never given to anything else."""

    path = models.CharField(max_length=400, unique=True)
    thing = models.CharField(max_length=40, help_text="what stands or stood there: 'story:12', 'person:3'")
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing"], condition=Q(current=True), name="thing_has_one_current_address")
        ]

    def __str__(self) -> str:
        return self.path


class Schedule(models.Model):
    """A revision that the clock publishes, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REFUSED = "refused", _("not published")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("at"))
    by = models.CharField(max_length=80, help_text="an Actor as text")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    late_by_seconds = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = [models.UniqueConstraint(fields=["page"], condition=Q(state="waiting"), name="page_waits_once")]
        indexes = [models.Index(fields=["state", "at"], name="schedule_due")]

    def __str__(self) -> str:
        return str(self.page_id)

    @property
    def late_by_minutes(self) -> int:
        return -(-self.late_by_seconds // 60)


class CountedWords(models.Model):
    """The words that a count was last shown in: a page is reprinted when they change, not when the count does."""

    name = models.CharField(max_length=60, unique=True)
    words = models.CharField(max_length=60)


# --- How much there is -------------------------------------------------------------------------------------


class Counted(models.TextChoices):
    """What is counted of what was published."""

    STORY = "story", _("stories")
    FILM = "film", _("films")
    CORRECTION = "correction", _("corrections")


class Tallied(models.Model):
    """What one published piece counts for, in one tally. It goes when the piece no longer stands."""

    piece = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Counted.choices)
    is_own = models.BooleanField(help_text="Whether it is our own work, and not an agency's.")
    part = models.CharField(max_length=40, blank=True, help_text="'' for all, 'section:4', 'person:3', 'guests'")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["piece", "year", "kind", "is_own", "part"], name="piece_is_tallied_once")
        ]
        indexes = [models.Index(fields=["year", "kind", "is_own", "part", "-piece"], name="tallied_pieces")]


class Tally(models.Model):
    """How many stories, films or corrections of a year stand: of all, of a section, of a person. See `tallies`."""

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Counted.choices)
    is_own = models.BooleanField()
    part = models.CharField(max_length=40, blank=True)
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "kind", "is_own", "part"], name="tally_is_kept_once")]
