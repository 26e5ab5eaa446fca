import pytest

from masthead.core.signing import Keyring


def test_a_signature_holds_for_its_message_and_purpose_alone():
    passes, links = Keyring.of("pass", "first secret"), Keyring.of("link", "first secret")

    signature = passes.signature("supporter.1700000000")

    assert passes.verifies("supporter.1700000000", signature, key_id=passes.newest)
    assert not passes.verifies("supporter.1900000000", signature, key_id=passes.newest)
    assert not links.verifies("supporter.1700000000", signature, key_id=links.newest)


def test_the_former_secret_still_verifies_but_no_longer_signs():
    before = Keyring.of("pass", "old")
    after = Keyring.of("pass", "new", "old")

    signed_before = before.signature("thanked")

    assert after.verifies("thanked", signed_before, key_id=before.newest)
    assert after.newest != before.newest
    assert not Keyring.of("pass", "new").verifies("thanked", signed_before, key_id=before.newest)


def test_rubbish_verifies_nothing():
    keys = Keyring.of("pass", "secret")

    assert not keys.verifies("public", "", key_id=keys.newest)
    assert not keys.verifies("public", "é" * 43, key_id=keys.newest)
    assert not keys.verifies("public", keys.signature("public"), key_id="unknown")


def test_an_empty_secret_is_refused():
    with pytest.raises(ValueError, match="secret"):
        Keyring.of("pass", "")
