"""First printed page after a start (at most 1 s), p99 of prints while Django imports and while it renders, memory."""

import threading
import time
import urllib.request

from bench.rig import load, pss_mb, serving, wait_for

GZIP = "Accept-Encoding: gzip"


def main() -> None:
    with serving() as newsroom:
        newsroom.get("/story/1/")
        newsroom.stop()
        began = time.perf_counter()
        newsroom.start()
        newsroom.get("/story/1/")
        print(f"first printed page after a start: {time.perf_counter() - began:.2f} s (target 1)")
        importing = load(newsroom.url + "/story/1/", newsroom.pid, GZIP, seconds=3, connections=8)
        print(f"while Django imports: p99 {importing.p99_ms:.1f} ms at {importing.a_second:,.0f} /s")
        wait_for(newsroom.url + "/plain/")
        calm = load(newsroom.url + "/story/1/", newsroom.pid, GZIP, seconds=3, connections=8)
        print(f"with Django idle: p99 {calm.p99_ms:.1f} ms at {calm.a_second:,.0f} /s")
        stop = threading.Event()
        renderer = threading.Thread(target=_render_on, args=(newsroom.url, stop))
        renderer.start()
        rendering = load(newsroom.url + "/story/1/", newsroom.pid, GZIP, seconds=3, connections=8)
        stop.set()
        renderer.join()
        print(f"while Django renders: p99 {rendering.p99_ms:.1f} ms at {rendering.a_second:,.0f} /s")
        idle = pss_mb(newsroom.pid)
        for number in range(2, 1_002):
            newsroom.get(f"/story/{number}/")
        print(
            f"memory (PSS) of the web processes: {idle:.0f} MB idle, {pss_mb(newsroom.pid):.0f} MB after 1,000 prints"
        )


def _render_on(url: str, stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        with urllib.request.urlopen(f"{url}/heavy/{number}/", timeout=30):
            pass


if __name__ == "__main__":
    main()
