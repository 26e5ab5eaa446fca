"""Every address of the house."""

from django.urls import include, path
from wagtail.admin import urls as desk_urls

from masthead.letters.returns.views import hook as letters_hook
from masthead.money.views import approve, go_on
from masthead.readers.desk_sign_in import SignIn, second_step
from masthead.web.views import account, calls, demo, health, letters, machines, open_books, pages, searching

urlpatterns = [
    path("desk/login/", SignIn.as_view(extra_context={"ways_in": demo.ways_in}), name="desk-sign-in"),
    path("desk/login/second/", second_step, name="desk_sign_in_factor"),
    path("desk/login/as/<slug:who>/", demo.enter_as, name="desk-enter-as"),
    path("desk/", include(desk_urls)),
    path("account/", account.page, name="account"),
    path("account/letters/", account.letters, name="account-letters"),
    path("account/", include("masthead.readers.urls")),
    path("", include("masthead.giving.urls")),
    path("letters/", include("masthead.letters.urls")),
    path("letters/", letters.index, name="letters"),
    path("letters/<slug:slug>/", letters.one_list, name="letter-list"),
    path("letters/<slug:letters>/<slug:slug>/", letters.issue, name="letter"),
    path("calls/", calls.index, name="calls"),
    path("calls/", include("masthead.calls.urls")),
    path("hooks/letters/<slug:provider>/", letters_hook, name="letters-hook"),
    path("hooks/", include("masthead.money.urls")),
    path("approve/<str:reference>/", approve, name="approve"),
    path("pay/<str:reference>/", go_on, name="go-on"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("demo/mail/", demo.mailbox, name="demo-mail"),
    path("demo/mail/<int:pk>/", demo.message, name="demo-message"),
    path("demo/clock/", demo.the_clock, name="demo-clock"),
    path("", pages.front_page, name="front"),
    path("search/", searching.search, name="search"),
    path("open-books/", open_books.page, name="open-books"),
    path("open-books/<slug:table>.csv", open_books.as_csv, name="open-books-csv"),
    path("films/", pages.films, name="films"),
    path("films/<slug:slug>/", pages.film, name="film"),
    path("people/<slug:slug>/", pages.person, name="person"),
    path("topics/<slug:slug>/", pages.topic, name="topic"),
    path("running/<slug:slug>/", pages.running_story, name="running-story"),
    path("feeds/all.rss", machines.feed_of_all, name="feed"),
    path("feeds/<slug:slug>.rss", machines.feed_of_section, name="section-feed"),
    path("sitemap.xml", machines.sitemap_index, name="sitemap"),
    path("sitemaps/pages.xml", machines.sitemap_of_pages, name="sitemap-of-pages"),
    path("sitemaps/<int:number>.xml", machines.sitemap_of_range, name="sitemap-of-range"),
    path("news-sitemap.xml", machines.sitemap_of_news, name="sitemap-of-news"),
    path("robots.txt", machines.robots, name="robots"),
    path("paper.css", machines.colours, name="colours"),
    path("<slug:section>/<int:year>/<int:month>/<int:day>/<slug:slug>/", pages.story, name="story"),
    path("<slug:slug>/", pages.section_or_plain, name="section"),
]

handler404 = "masthead.web.views.missing.page"
