"""Nothing that one visitor sends can change what another reads."""

import json
import socket

import pytest

from tests.press.conftest import PASSES, supporter_pass

pytestmark = pytest.mark.processes


def test_a_view_sees_nothing_of_the_visitor(presses):
    answer = presses[0].get(
        "/echo/?page=3&evil=1",
        Cookie="session=secret; pass=garbage",
        X_Forwarded_Host="evil.example",
        X_Forwarded_For="9.9.9.9",
        Authorization="Basic x",
        User_Agent="me",
        Host="localhost:1234",
    )
    # A session without a pass is Django's to answer, so a visitor without one asks for the same page.
    seen = json.loads(presses[0].get("/echo/?page=3", X_Forwarded_Host="evil.example", User_Agent="me").words)

    assert answer.status == 200
    assert seen == {
        "host": "localhost:8000",
        "absolute": "http://localhost:8000/echo/?page=3",
        "headers": [],
        "cookies": {},
        "get": {"page": "3"},
        "user": False,
        "address": None,
    }


@pytest.mark.parametrize(
    "odd",
    ["?utm_source=x", "?page=1", "?page=0", "?page=9999999999999999999", "?page=%00", "?page=2&page=x", "?order=latest",
     "?order[]=first", "?" + "a=b&" * 900, "?page=-1&%FF=%FE", "?page=+2", "?page=٢"],
)  # fmt: skip
def test_odd_parameters_share_one_print(presses, odd):
    plain = presses[0].get("/section/odd/")

    asked = presses[0].get("/section/odd/" + odd.encode("ascii", "ignore").decode())

    assert asked == plain._replace(headers={**plain.headers, "date": asked.headers["date"]})


def test_declared_parameters_have_prints_of_their_own(presses):
    for headline in ("one", "two", "three"):
        presses[0].do("publish", headline=headline, section="declared")

    words = [presses[0].get("/section/declared/" + query).words for query in ("", "?page=2", "?order=first&utm_x=1")]

    assert words == [
        "declared 1 latest: three, two",
        "declared 2 latest: one",
        "declared 1 first: one, two",
    ]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "localhost:80:80", "localhost:x", "@"])
def test_a_host_that_is_not_ours_is_refused(presses, host):
    assert presses[0].get("/", Host=host).status == 421
    assert presses[0].get("/plain/", Host=host).status == 421


def test_each_encoding_says_the_same_and_garbage_gets_the_plain_page(presses):
    import brotli

    plain = presses[0].get("/echo/")
    packed = presses[0].get("/echo/", Accept_Encoding="gzip")
    best = presses[0].get("/echo/", Accept_Encoding="gzip, br;q=0.1")
    odd = presses[0].get("/echo/", Accept_Encoding="br;q=0, gzip;q=x, *x,,;;q=")

    assert brotli.decompress(best.body).decode() == packed.text == plain.text == odd.text
    assert len({plain.headers["etag"], packed.headers["etag"], best.headers["etag"]}) == 3
    assert [answer.headers.get("content-encoding") for answer in (plain, packed, best, odd)] == [
        None,
        "gzip",
        "br",
        None,
    ]


def test_a_supporter_gets_the_supporter_edition_at_the_same_address(presses):
    public, thanked, supporter = (
        presses[0].get("/echo/", **said)
        for said in ({}, {"Cookie": supporter_pass(edition="thanked")}, {"Cookie": supporter_pass()})
    )

    assert [answer.text.split('"')[1] for answer in (public, thanked, supporter)] == ["public", "thanked", "supporter"]
    assert public.headers["cache-control"] == "no-cache"
    assert supporter.headers["cache-control"] == thanked.headers["cache-control"] == "private, no-cache"
    assert presses[0].get("/echo/", If_None_Match=supporter.headers["etag"]).status == 200
    assert presses[0].get("/echo/", If_None_Match=public.headers["etag"]).status == 304


@pytest.mark.parametrize(
    "value",
    ["", "supporter", "supporter.9999999999.00000000." + "A" * 43, "supporter.9999999999..", "x" * 5000, "\xff\xfe",
     PASSES.make("thanked", 9_999_999_999).replace("thanked", "supporter"), PASSES.make("supporter", 1_000_000)],
)  # fmt: skip
def test_forged_expired_and_garbage_passes_get_the_public_edition(presses, value):
    assert presses[0].get("/echo/", Cookie=f"pass={value}").text.startswith('<html data-edition="public">')
    assert presses[0].get("/echo/", Cookie=supporter_pass()).text.startswith('<html data-edition="supporter">')


def test_a_pass_about_to_end_is_renewed_by_django_and_one_without_session_is_not(presses):
    ending = supporter_pass(seconds=3600)

    alone = presses[0].get("/echo/", Cookie=ending)
    beside_a_session = presses[0].get("/echo/", Cookie=f"{ending}; session=x")

    assert alone.text.startswith('<html data-edition="supporter">')
    assert "etag" in alone.headers
    assert "etag" not in beside_a_session.headers


def test_no_print_sets_a_cookie_and_what_does_is_not_printed(presses):
    answers = [presses[0].get("/cookie/") for _ in range(2)]

    assert ["set-cookie" in presses[0].get(path).headers for path in ("/", "/echo/", "/section/odd/")] == [False] * 3
    assert ["etag" in answer.headers for answer in answers] == [False, False]


def test_a_page_runs_only_its_own_scripts(presses):
    assert presses[0].get("/echo/").headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self' 'sha256-9aoYu6AhR1u6WyoZ4nqQeCAR2uacraS+m/WWfdfKUrk='; "
        "style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def test_a_head_has_the_headers_of_the_page_and_no_body(presses):
    got, headed = presses[0].get("/echo/"), presses[0].get("/echo/", "HEAD")

    assert headed.body == b""
    assert headed.headers | {"date": ""} == got.headers | {"date": ""}


@pytest.mark.parametrize("typed", ["é", "日本", "€"])
def test_letters_that_a_client_did_not_escape_are_no_error(presses, typed):
    for press in presses:
        with socket.create_connection(("127.0.0.1", press.port), timeout=20) as line:
            said = [f"GET /plain/?q={typed} HTTP/1.1", "Host: localhost", f"Cookie: session={typed}", "", ""]
            line.sendall("\r\n".join(said).encode())

            assert line.recv(100).startswith(b"HTTP/1.1 200 ")


def test_redirects_and_unknown_addresses_are_never_stored(presses):
    press = presses[0]

    statuses = [press.get(path).status for path in ("/moved/", "/moved/", "/nowhere/", "/piece/99999/", "/piece")]

    assert statuses == [302, 302, 404, 404, 404]
    assert "etag" not in press.get("/moved/").headers


@pytest.mark.parametrize(("path", "most"), [("/hooks/bank/", 1_000_000), ("/plain/", 1_000_000)])
def test_a_body_of_fifty_megabytes_is_refused_before_it_is_read(presses, path, most):
    press = presses[0]

    said = f"That is too large: at most {most // 1_000_000} MB. Nothing was kept.\n"
    for size in (50_000_000, most + 1):
        refused = press.get(path, "POST", b"x" * size)
        assert (refused.status, refused.text) == (413, said)
    assert press.get(path, "POST", b"x" * 1000).text.endswith("POST 1000")


def test_only_the_desk_may_send_what_is_as_large_as_a_picture(presses):
    assert presses[0].get("/desk/", "POST", b"x" * 2_000_000).status == 404  # this site has none, and read it all
    assert presses[0].get("/desk/", "POST", b"x" * 35_000_001).status == 413


def test_a_body_that_hides_its_length_is_refused_all_the_same(presses):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", presses[0].port)
    connection.request("POST", "/hooks/bank/", iter([b"x" * 100_000] * 20), {"Host": "localhost"}, encode_chunked=True)

    assert connection.getresponse().status == 413
