"""All measurements, one after the other: `python -m bench`, or some: `python -m bench prints starting`.

Status 1 when a target was missed.
"""

import importlib
import sys

from bench.rig import Missing, missed

ALL = ("prints", "starting", "visible", "newsroom", "openbooks", "books", "letters", "webhooks")

if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        print(f"\n== {name}")
        try:
            importlib.import_module(f"bench.{name}").main()
        except Missing as missing:
            print(f"not measured: {missing}")
    for each in missed:
        print(f"missed: {each}")
    raise SystemExit(1 if missed else 0)
