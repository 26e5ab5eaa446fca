"""nginx with a pre-compressed file, the public edition, the supporter edition, and a page that is not printed.

nginx sends the headers that the page has, so that the answers are alike.

Target: public at least 1.0 of nginx (aim 1.2), supporter at least 0.9 of public (aim 0.95). The rounds are interleaved,
and the middle one counts, since a busy machine slows whatever runs at that moment.
"""

from collections.abc import Callable
from statistics import median

from bench.rig import Rate, judged, load, nginx, serving
from masthead.press.compressing import gzipped

ROUNDS = 5
SAID_BY_NGINX = ("content-type", "content-length", "etag", "last-modified", "server", "date", "connection")
GZIP = "Accept-Encoding: gzip"


def main() -> None:
    with serving() as newsroom, serving("asgi") as other:
        page = newsroom.get("/story/1/")
        packed = gzipped(page)
        headers = {name: value for name, value in newsroom.headers("/story/1/").items() if name not in SAID_BY_NGINX}
        print(f"a page of {len(page):,} bytes, {len(packed):,} gzipped; one core; 64 connections")
        with nginx(packed, headers) as (file, nginx_pid):
            cookie = f"Cookie: {newsroom.supporter_cookie()}"
            story = newsroom.url + "/story/1/"
            rows: dict[str, Callable[[], Rate]] = {
                "nginx": lambda: load(file, nginx_pid, GZIP),
                "public on ASGI": lambda: load(other.url + "/story/1/", other.pid, GZIP),
                "public": lambda: load(story, newsroom.pid, GZIP),
                "supporter": lambda: load(story, newsroom.pid, GZIP, cookie),
                "not printed": lambda: load(newsroom.url + "/plain/", newsroom.pid, GZIP),
            }
            seen: dict[str, list[Rate]] = {name: [] for name in rows}
            for _ in range(ROUNDS):
                for name, measure in rows.items():
                    seen[name].append(measure())
    middle = {name: median(rate.a_second for rate in rates) for name, rates in seen.items()}
    cost = {name: median(rate.a_cpu_second for rate in rates) for name, rates in seen.items()}
    for name, rates in seen.items():
        errors = " ".join({rate.errors for rate in rates})
        p99 = median(rate.p99_ms for rate in rates)
        print(f"{name:14} {middle[name]:9,.0f} /s {cost[name]:9,.0f} /s of processor  p99 {p99:6.1f} ms {errors}")
    for above, below, target in (("public", "nginx", 1.0), ("supporter", "public", 0.9)):
        by_clock, by_cpu = middle[above] / middle[below], cost[above] / cost[below]
        verdict = judged(f"{above} / {below}", by_clock, at_least=target)
        print(f"{above} / {below}: {by_clock:.2f} by the clock, {by_cpu:.2f} by processor time, {verdict}")


if __name__ == "__main__":
    main()
