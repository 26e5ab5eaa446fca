"""From the commit of a change until readers see it, with few and with many prints in the store."""

import time
from statistics import median

from bench.rig import Newsroom, serving

FEW, MANY = 100, 5_000


def main() -> None:
    with serving() as newsroom:
        seen = {}
        printed = 0
        for count in (FEW, MANY):
            for number in range(printed + 1, count + 1):
                newsroom.get(f"/story/{number}/")
            printed = count
            seen[count] = median(_seconds(newsroom) for _ in range(20))
            print(f"from the change to the new page with {count:,} prints: {seen[count] * 1000:.1f} ms")
        print(f"ratio: {seen[MANY] / seen[FEW]:.2f} (target at most 1.5)")


def _seconds(newsroom: Newsroom) -> float:
    since = time.perf_counter()
    newsroom.get("/change/page:1/")
    newsroom.get("/story/1/")
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
