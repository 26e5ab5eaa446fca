"""How the newsroom's things look on the desk: panels, forms, and what a form may not leave empty when it publishes."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
    Panel,
    TitleFieldPanel,
)

PIECES = ["newsroom.StoryPage", "newsroom.FilmPage"]


class PublicPageForm(WagtailAdminPageForm):
    """A page's form. 'Publish' and 'Schedule' ask for more than 'Save draft'."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self._errors and ("action-publish" in self.data or "action-schedule" in self.data):
            self._check_ready()

    def _check_ready(self) -> None:
        from masthead.newsroom import publishing

        for lack in publishing.lacks(self.instance, scheduling="action-schedule" in self.data):
            self.add_error(lack.field if lack.field in self.fields else None, lack.sentence)


_ADDRESS: list[Panel] = [FieldPanel("slug", heading=_("Name in the address"))]

PROMOTE: list[Panel] = [
    MultiFieldPanel(_ADDRESS, _("Address")),
    MultiFieldPanel(
        [
            FieldPanel("seo_title", heading=_("Headline for search engines")),
            FieldPanel("search_description", heading=_("Description for search engines")),
        ],
        _("Found elsewhere"),
    ),
]
SETTINGS: list[Panel] = []

BYLINE: list[Panel] = [FieldRowPanel([FieldPanel("person"), FieldPanel("guest")])]
CORRECTION: list[Panel] = [FieldPanel("text"), FieldRowPanel([FieldPanel("corrected_at"), FieldPanel("place")])]

_WHO: list[Panel] = [
    InlinePanel("bylines", heading=_("Byline"), label=_("name")),
    FieldPanel("source"),
]
_WHEN = MultiFieldPanel(
    [
        FieldPanel("published_at"),
        FieldRowPanel([FieldPanel("publish_at"), FieldPanel("embargo_until")]),
    ],
    _("Time"),
    help_text=_("All times are in the newsroom's time zone."),
)
_FLAGS = MultiFieldPanel(
    [FieldRowPanel([FieldPanel("sensitive"), FieldPanel("no_appeals"), FieldPanel("no_adverts")])],
    _("Adverts and appeals"),
)
_BELONGS = _("What it belongs to")
_MATTER = MultiFieldPanel([FieldPanel("chain"), FieldPanel("topics")], _BELONGS)
_CORRECTIONS = InlinePanel("corrections", heading=_("Corrections"), label=_("correction"))

STORY: list[Panel] = [
    TitleFieldPanel("title", placeholder=_("Headline"), help_text=""),
    FieldPanel("standfirst"),
    *_WHO,
    MultiFieldPanel([FieldPanel("lead_picture"), FieldPanel("lead_caption")], _("Lead picture")),
    FieldPanel("dateline"),
    FieldPanel("body"),
    _MATTER,
    _WHEN,
    _FLAGS,
    _CORRECTIONS,
]
FILM: list[Panel] = [
    TitleFieldPanel("title", placeholder=_("Headline"), help_text=""),
    FieldPanel("standfirst"),
    *_WHO,
    MultiFieldPanel(
        [FieldPanel("film"), FieldPanel("captions"), FieldPanel("poster"), FieldPanel("seconds")], _("Film")
    ),
    FieldPanel("transcript"),
    MultiFieldPanel([FieldPanel("section"), FieldPanel("chain"), FieldPanel("topics")], _BELONGS),
    _WHEN,
    _FLAGS,
    _CORRECTIONS,
]
FRONT: list[Panel] = [
    TitleFieldPanel("title", placeholder=_("Name on the desk"), help_text=""),
    PageChooserPanel("lead", PIECES),
    InlinePanel("picks", heading=_("Further picks, in order"), label=_("pick"), max_num=8),
]
PICK: list[Panel] = [PageChooserPanel("piece", PIECES)]
SECTION: list[Panel] = [
    TitleFieldPanel("title", placeholder=_("Name"), help_text=""),
    FieldPanel("description"),
    FieldPanel("show_in_menus", heading=_("In the menu")),
]
PLAIN: list[Panel] = [
    TitleFieldPanel("title", placeholder=_("Title"), help_text=""),
    FieldPanel("body"),
    FieldRowPanel([FieldPanel("in_footer"), FieldPanel("show_in_menus", heading=_("In the menu"))]),
]
PERSON: list[Panel] = [
    TitleFieldPanel("name", targets=["slug"]),
    FieldPanel("slug"),
    FieldPanel("role"),
    FieldPanel("bio"),
    FieldPanel("picture"),
    FieldPanel("email"),
]
TOPIC: list[Panel] = [TitleFieldPanel("name", targets=["slug"]), FieldPanel("slug")]
RUNNING_STORY: list[Panel] = [
    TitleFieldPanel("name", targets=["slug"]),
    FieldPanel("slug"),
    FieldPanel("description"),
    FieldPanel("ended"),
]
PAPER: list[Panel] = [
    MultiFieldPanel(
        [FieldPanel("name"), FieldPanel("tagline"), FieldPanel("description"), FieldPanel("plate")], _("Name")
    ),
    MultiFieldPanel([FieldRowPanel([FieldPanel("accent_light"), FieldPanel("accent_dark")])], _("Colours")),
    MultiFieldPanel(
        [FieldPanel("editor_in_chief"), FieldPanel("imprint"), FieldPanel("postal_address")], _("Who answers for it")
    ),
]
