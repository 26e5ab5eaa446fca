"""What the press remembers is bounded: of pages by what it may take, of headers whatever strangers send."""

import os
import random
import time
import tracemalloc

import pytest
from pydantic import SecretStr

from masthead.core import config
from masthead.core.signing import Keyring
from masthead.press.compressing import best
from masthead.press.parameters import Declared
from masthead.press.passes import Passes
from masthead.press.prints import Key, Memory, Print, packed
from masthead.press.setup import Setup
from masthead.press.store import Store

LONG = 100_000


@pytest.fixture
def grown():
    """By how many bytes memory has grown since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()


def test_long_cookies_are_read_and_not_remembered(grown):
    passes = Passes(Keyring.of("pass", "s" * 40), secure=False)
    good = f"pass={passes.make('supporter', 9_999_999_999)}"

    editions = {passes.edition_of(f"{good}; other={number:0{LONG}}".encode()).edition for number in range(100)}

    assert editions == {"supporter"}
    assert grown() < LONG * 5


def test_long_lists_of_encodings_are_read_and_not_remembered(grown):
    chosen = {best(b"br, " + b"x" * LONG + b"%d" % number) for number in range(100)}

    assert chosen == {b"br"}
    assert grown() < LONG * 5


def a_print(name: str, *, body: bytes | None = None) -> Print:
    """A page whose bytes are its own: text of 40 KB that compresses as badly as pages do."""
    words = random.Random(name)
    text = body or b"".join(b"<p>%x</p>" % words.getrandbits(256) for _ in range(500))
    return Print.of(
        Key(f"/story/{name}/", (), "public"),
        text,
        headers=[(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", b"default-src " * 30)],
        declared=Declared({}),
        number=1,
        parts=frozenset(f"page:{words.getrandbits(20)}" for _ in range(20)),
        printed_at=1.0,
    )


def test_prints_take_no_more_memory_than_they_are_counted_as(grown):
    before, memory = grown(), Memory(1_000_000)

    for number in range(100):
        memory.put(a_print(str(number)))
        for encoding in (b"br", b"gzip", b""):
            memory.get(Key(f"/story/{number}/", (), "public")).answer(encoding)

    assert 15 < len(memory) < 40
    assert memory.bytes == sum(printed.size for printed in memory) <= 1_000_000
    assert grown() - before < 1_000_000


def test_when_room_is_made_what_nobody_reads_goes_first_and_what_is_read_stays():
    size = a_print("x", body=b"x").size
    memory = Memory(size * 3 + 20)
    for name in ("lead", "old", "older"):
        memory.put(a_print(name, body=b"x"))
    for _ in range(4):
        memory.get(Key("/story/lead/", (), "public")).reads += 1

    for name in ("new", "newer"):
        memory.put(a_print(name, body=b"x"))

    assert sorted(printed.key.path for printed in memory) == ["/story/lead/", "/story/new/", "/story/newer/"]


def test_prints_made_with_other_settings_are_not_used():
    settings = config.load()
    another = settings.model_copy(update={"hooks_key": SecretStr("of a provider that was set up since")})

    assert Setup.of(settings).fingerprint == Setup.of(settings.model_copy()).fingerprint
    assert Setup.of(settings).fingerprint != Setup.of(another).fingerprint


def test_the_store_keeps_what_was_written_last_and_nothing_of_other_versions(tmp_path):
    (tmp_path / "another version" / "ab").mkdir(parents=True)
    prints = [a_print(name) for name in ("first", "second", "third")]
    store = Store(tmp_path, "this", limit=2 * len(packed(prints[0])) + 1000)
    for age, printed in zip((30, 20, 10), prints, strict=True):
        store.save(printed)
        written = time.time() - age
        os.utime(tmp_path / "this" / printed.key.digest[:2] / printed.key.digest, (written, written))
    with store.alone(prints[0].key):
        pass

    store.tidy()

    assert [store.load(printed.key) is not None for printed in prints] == [False, True, True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locks", "this"]
