"""What a new newsroom finds on its desk."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from masthead.newsroom import founding, menu, publishing
from masthead.newsroom.models import Paper, PlainPage
from masthead.newsroom.publishing import NotReady
from tests.worlds.desk import Desk, sentences_in

pytestmark = pytest.mark.django_db

TITLES = ["Who we are", "Contact", "Privacy", "Terms and refunds", "How we work, and corrections", "Accessibility"]


def test_a_new_newsroom_is_named_and_its_plain_pages_are_drafts_that_the_desk_names():
    founding.found("The Courier", editor_in_chief="Helen Marwood")

    home = sentences_in(Desk().get("/desk/"))

    assert (Paper.load().name, Paper.load().editor_in_chief) == ("The Courier", "Helen Marwood")
    assert [page.title for page in PlainPage.objects.filter(live=False).order_by("path")] == TITLES
    assert all(f">{title}</a>" in home for title in TITLES)
    assert menu.in_footer() == []
    assert "Pages to complete" not in sentences_in(Desk("Reporters").get("/desk/"))


def test_a_page_that_is_not_complete_is_not_published_and_says_what_is_to_be_written():
    founding.found()

    for page in PlainPage.objects.all():
        with pytest.raises(NotReady, match=r"something to write: \[Write here: "):
            publishing.publish(page)


def test_a_completed_page_is_published_and_named_no_more():
    founding.found()
    page, desk = PlainPage.objects.get(slug="contact"), Desk()
    form = {
        "title": page.title,
        "slug": page.slug,
        "in_footer": "on",
        "comments": inline_formset([]),
        "action-publish": "1",
    }
    body = streamfield([("paragraph", rich_text("<p>11 Customs Row, Haverness</p>"))])

    desk.post(reverse("wagtailadmin_pages:edit", args=(page.pk,)), nested_form_data(form | {"body": body}))

    assert [each.title for each in menu.in_footer()] == ["Contact"]
    panel = sentences_in(desk.get("/desk/")).partition("Pages to complete")[2].partition("</section>")[0]
    assert (">Contact</a>" in panel, ">Privacy</a>" in panel) == (False, True)
