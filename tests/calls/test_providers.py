"""Where calls happen: what a place may be, and what a Jitsi server is told. Tokens are read by another library."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from masthead.calls import providers
from masthead.calls.models import Provider
from masthead.calls.providers import Member, ProviderRefused, Redirect, Role, jitsi, reaching
from masthead.core import config
from tests.worlds import rooms

pytestmark = pytest.mark.django_db
SECRET = "a secret that the Jitsi server shares with us"
DOMAIN = "meet.example.org"
ADA = Member("6f2d8c1e", "Ada Obi")


def test_the_kinds_that_ship_are_the_kinds_that_the_desk_offers():
    assert sorted(providers.PROVIDERS) == sorted(Provider.values)


# --- an outside link -----------------------------------------------------------------------------------------

LINK = providers.get("link")


@pytest.mark.parametrize(
    "url",
    [
        "https://zoom.us/j/123456789?pwd=abc.def",
        "https://meet.google.com/abc-defg-hij",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting%40thread.v2/0?context=%7b%22Tid%22%7d",
        "https://bbb.example.org:8443/rooms/x",
    ],
)
def test_any_https_address_is_a_place(url):
    assert LINK.validate({"url": url}) == []


@pytest.mark.parametrize(
    "url",
    [
        "", "zoom.us/j/1", "http://zoom.us/j/1", "javascript:alert(1)", "https://", "https:///x", "ftp://zoom.us/x",
        "https://zoom.us/\r\nSet-Cookie: a=b", "https://zoom.us/ x", "https://user:word@zoom.us/j/1",
        "https://zoom.us@elsewhere.example/j", "https://localhost/x", "https://127.0.0.1/x", "https://10.0.0.1/x",
        "https://[::1]/x", "https://intranet/x", "https://zoom.us:99999999/x", "https://zoom.us;script-src/x",
        "https://zoom.us/" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_outside_https_address_is_refused_with_a_sentence(url):
    assert len(LINK.validate({"url": url})) == 1
    with pytest.raises(ProviderRefused):
        LINK.join(rooms.call(place={"url": url}), ADA, Role.AUDIENCE)


@given(st.text(max_size=60))
def test_whatever_passes_puts_nothing_into_a_header(text):
    if not LINK.validate({"url": f"https://{text}"}):
        assert not set(text) & set(" \"'<>;,\\\r\n\t")


def test_the_host_may_have_an_address_of_their_own():
    call = rooms.call(place={"url": "https://zoom.us/j/1", "host_url": "https://host.zoom.us/s/1"})

    assert LINK.join(call, ADA, Role.HOST) == Redirect("https://host.zoom.us/s/1")
    assert LINK.join(call, ADA, Role.AUDIENCE) == Redirect("https://zoom.us/j/1")
    assert LINK.origin(call, Role.HOST) == "https://host.zoom.us"
    assert len(LINK.validate({**call.place, "host_url": "http://zoom.us"})) == 1


def test_what_opens_a_room_shows_in_no_traceback():
    assert "secret" not in repr(Redirect("https://zoom.us/secret"))


@pytest.mark.parametrize("key", ["link", "jitsi"])
def test_neither_that_ships_claims_to_put_anybody_out(key):
    assert providers.get(key).remove(rooms.call(provider=key), ADA) is False


# --- Jitsi ---------------------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch):
    """Sets what the environment says about Jitsi."""

    def tell(**values: str) -> None:
        given = {"jitsi_app_id": "courier", "jitsi_key": SECRET, "jitsi_key_id": "", **values}
        given["jitsi_key"] = SecretStr(given["jitsi_key"])
        monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update=given))

    tell()
    return tell


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def jitsi_call(**place: str):
    call = rooms.call(provider="jitsi", place={"domain": DOMAIN, **place})
    call.place = providers.get("jitsi").prepare(call)
    return call


def led_to(call, member: Member = ADA, role: Role = Role.AUDIENCE) -> tuple[str, str]:
    """The address without its token, and the token."""
    led = providers.get("jitsi").join(call, member, role)
    assert isinstance(led, Redirect)
    parts = urlsplit(led.url)
    (token,) = parse_qs(parts.query)["jwt"]
    return f"{parts.scheme}://{parts.netloc}{parts.path}", token


def test_a_shared_secret_signs_hs256_for_this_room_alone(told, clock):
    call = jitsi_call()
    room = call.place["room"]

    address, token = led_to(call)

    assert address == f"https://{DOMAIN}/{room}"
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="courier", issuer="courier")
    now = clock.now().timestamp()
    assert claims["sub"] == DOMAIN
    assert claims["room"] == room
    assert now - 35 < claims["nbf"] <= now
    assert now < claims["exp"] <= now + 120
    assert claims["context"]["user"] == {
        "id": "6f2d8c1e", "name": "Ada Obi", "moderator": "false", "affiliation": "member",
    }  # fmt: skip


def test_a_private_key_signs_rs256_as_hired_servers_want_it(told, key):
    told(jitsi_app_id="vpaas-magic-cookie-1", jitsi_key=pem(key).replace("\n", "\\n"), jitsi_key_id="4f4910")
    call = jitsi_call(domain="8x8.vc")

    address, token = led_to(call)

    assert address == f"https://8x8.vc/vpaas-magic-cookie-1/{call.place['room']}"
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "vpaas-magic-cookie-1/4f4910", "typ": "JWT"}
    claims = jwt.decode(token, key.public_key(), algorithms=["RS256"], audience="jitsi", issuer="chat")
    assert (claims["sub"], claims["room"]) == ("vpaas-magic-cookie-1", call.place["room"])


def test_the_host_moderates_and_nobody_else(told):
    call = jitsi_call()
    users = [
        jwt.decode(led_to(call, role=role)[1], SECRET, algorithms=["HS256"], audience="courier")["context"]["user"]
        for role in (Role.HOST, Role.AUDIENCE)
    ]

    assert [(user["moderator"], user["affiliation"]) for user in users] == [("true", "owner"), ("false", "member")]


def test_who_shows_no_name_sends_none(told):
    claims = jwt.decode(led_to(jitsi_call(), Member("x"))[1], SECRET, algorithms=["HS256"], audience="courier")

    assert "name" not in claims["context"]["user"]
    assert "email" not in str(claims)


def test_another_secret_another_room_and_a_later_hour_do_not_pass(told, clock):
    token = led_to(jitsi_call())[1]

    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, SECRET + "x", algorithms=["HS256"], audience="courier")
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, SECRET, algorithms=["HS256"], audience="another")
    clock.forward(minutes=-5)
    early = led_to(jitsi_call_again())[1]
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(early, SECRET, algorithms=["HS256"], audience="courier")


def jitsi_call_again():
    call = rooms.call("january", provider="jitsi", place={"domain": DOMAIN})
    call.place = providers.get("jitsi").prepare(call)
    return call


def test_a_reader_is_known_to_one_room_by_a_reference_that_leads_nowhere():
    one, again = jitsi.reference_of("call-1@x", "reader-1"), jitsi.reference_of("call-1@x", "reader-1")

    assert one == again
    assert one != jitsi.reference_of("call-2@x", "reader-1")
    assert "reader-1" not in one


def test_a_room_gets_a_name_that_nobody_guesses_and_keeps_it():
    call = rooms.call(provider="jitsi", place={"domain": DOMAIN})
    provider = providers.get("jitsi")

    first = provider.prepare(call)
    call.place = first

    assert first["room"].startswith("october-")
    assert len(first["room"]) == len("october-") + 16
    assert provider.prepare(call) == first
    assert provider.validate(first) == []


@pytest.mark.parametrize(
    "place",
    [
        {}, {"domain": "https://meet.example.org"}, {"domain": "meet.example.org/room"}, {"domain": "localhost"},
        {"domain": "meet example.org"}, {"domain": "Meet.Example.org"}, {"domain": DOMAIN, "room": "*"},
        {"domain": DOMAIN, "room": "Short"}, {"domain": DOMAIN, "room": "a/b/c/d/e"},
    ],
)  # fmt: skip
def test_a_place_that_jitsi_would_not_take_is_refused_with_a_sentence(place):
    assert len(providers.get("jitsi").validate(place)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"jitsi_app_id": ""}, jitsi.NO_APP),
        ({"jitsi_key": ""}, jitsi.NO_KEY),
        ({"jitsi_key": "short"}, jitsi.SHORT_SECRET),
        ({"jitsi_key": "-----BEGIN PRIVATE KEY-----\nnonsense", "jitsi_key_id": "k"}, jitsi.BAD_KEY),
    ],
)
def test_what_the_environment_lacks_is_said_and_nobody_is_let_in(told, values, sentence):
    call = jitsi_call()
    told(**values)

    assert providers.get("jitsi").health(call.place) == [sentence]
    with pytest.raises(ProviderRefused):
        led_to(call)


def test_a_private_key_needs_an_id_and_must_be_a_strong_rsa_key(told, key):
    call = jitsi_call()
    told(jitsi_key=pem(key))
    assert providers.get("jitsi").health(call.place) == [jitsi.NO_KEY_ID]
    told(jitsi_key=pem(ec.generate_private_key(ec.SECP256R1())), jitsi_key_id="k")
    assert providers.get("jitsi").health(call.place) == [jitsi.BAD_KEY]
    told(jitsi_key=pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)), jitsi_key_id="k")  # noqa: S505
    assert providers.get("jitsi").health(call.place) == [jitsi.BAD_KEY]


def test_the_key_is_a_secret_of_the_environment_alone(told):
    assert "jitsi_key" in config.SECRETS
    assert SECRET not in repr(settings.CONFIG)


# --- does it answer? -----------------------------------------------------------------------------------------


def test_a_host_inside_a_network_of_ours_is_refused_and_a_name_that_is_none_is_said():
    assert reaching.unreachable("127.0.0.1") == [
        "127.0.0.1 stands inside a private network, where readers can’t reach it."
    ]
    assert reaching.unreachable("nobody.invalid") == ["There is no host of the name nobody.invalid."]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[tuple[int, Path]]:
    """A TLS server on the loopback address, and the certificate by which it can be trusted."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate = folder / "certificate.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_text(pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "key.pem")
    listening = socket.create_server(("127.0.0.1", 0))

    def answers() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                plain.close()

    threading.Thread(target=answers, daemon=True).start()
    yield listening.getsockname()[1], certificate
    listening.close()


def test_a_host_that_answers_with_a_good_certificate_is_well(server):
    port, certificate = server

    trusted = ssl.create_default_context(cafile=str(certificate))

    assert reaching.shakes_hands(DOMAIN, ("127.0.0.1", port), trusted) == []
    assert reaching.shakes_hands("other.example.org", ("127.0.0.1", port), trusted) == [
        "other.example.org answers, but its certificate is not valid: browsers would warn people and stop."
    ]
    assert "certificate" in reaching.shakes_hands(DOMAIN, ("127.0.0.1", port), ssl.create_default_context())[0]


def test_a_host_that_does_not_answer_is_said():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert "did not answer" in reaching.shakes_hands(DOMAIN, ("127.0.0.1", port), ssl.create_default_context())[0]
