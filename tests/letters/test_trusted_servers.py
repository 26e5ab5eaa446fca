"""Mail goes over TLS to a server whose certificate holds, and to no other: letters and mail to one person alike."""

import ssl

import pytest
from django.core.mail import EmailMessage

from masthead.core.mail.backend import Backend
from tests.letters import certificates
from tests.letters.servers import MailServer
from tests.worlds.letters_returns import settings
from tests.worlds.letters_sending import fresh, readers, sends_through, sent, tick

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_letters_wait_until_the_server_shows_a_certificate_that_holds(way, tmp_path, monkeypatch, clock):
    certificate, shown = certificates.made_in(tmp_path)
    server = MailServer(**{way: shown})
    readers(2)

    with sends_through(server, mail_password="a long password"):
        mailing = sent()
        assert mailing.says.startswith("The mail server’s certificate is not to be trusted (self-signed certificate)")
        assert (server.taken, mailing.repeats) == ([], 0)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        clock.forward(minutes=1)
        tick()

    server.close()
    assert (len(server.taken), fresh(mailing).state) == (2, "done")


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_so_does_mail_to_one_person(way, tmp_path, monkeypatch):
    certificate, shown = certificates.made_in(tmp_path)
    server = MailServer(**{way: shown})
    receipt = EmailMessage("Your receipt", "Thank you.", "post@masthead.example", ["ada@example.org"])

    with settings(mail=server.address, mail_password="a long password"):
        with pytest.raises(ssl.SSLCertVerificationError):
            Backend().send_messages([receipt])
        assert server.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        Backend().send_messages([receipt])

    server.close()
    assert [one.to for one in server.taken] == ["ada@example.org"]
