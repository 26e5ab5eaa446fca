"""Appeals on the desk: written with all three placements in view."""

from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from masthead.appeals.models import Appeal


class AppealViewSet(SnippetViewSet):
    """The desk's list of appeals, and the editor of one."""

    model = Appeal
    icon = "pick"
    menu_label = "Appeals"
    menu_order = 310
    add_to_admin_menu = True
    list_display = ["name", BooleanColumn("live", label="Switched on"), "starts_at", "ends_at", Column("headline")]
    list_filter = ["live", "sections"]
    list_export = ["name", "live", "starts_at", "ends_at", "top_line", "middle_line", "headline"]
    search_fields = ["name", "headline", "top_line", "middle_line", "why"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            MultiFieldPanel(
                [FieldPanel("live"), FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")])], heading="When"
            ),
            FieldPanel("sections"),
            MultiFieldPanel([FieldPanel("top_line"), FieldPanel("middle_line")], heading="Top and middle"),
            MultiFieldPanel(
                [
                    HelpPanel(template="appeals/fill_ins.html"),
                    FieldPanel("headline"),
                    FieldPanel("why"),
                    FieldPanel("signed"),
                    FieldPanel("again"),
                    FieldPanel("money"),
                    FieldPanel("aims"),
                ],
                heading="The long form, at the end",
            ),
        ]
    )


register_snippet(AppealViewSet)
