import pytest

from masthead.core import config

SECRET = "s" * 40


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("ADDRESS", "SECRET", "PORT", "TIME_ZONE", "DATABASE"):
        monkeypatch.delenv(f"MASTHEAD_{name}", raising=False)
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.setenv("MASTHEAD_SECRET", SECRET)
    config.load.cache_clear()
    yield tmp_path
    config.load.cache_clear()


def test_the_file_is_read_and_the_environment_wins(folder, monkeypatch):
    (folder / "masthead.toml").write_text('address = "https://courier.example"\nport = 8100\n')
    monkeypatch.setenv("MASTHEAD_PORT", "8200")

    read = config.load()

    assert (read.address, read.port, read.secure) == ("https://courier.example", 8200, True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("port = 99999", "MASTHEAD_PORT"),
        ('adress = "https://courier.example"', "MASTHEAD_ADRESS"),
        ('time_zone = "Haverness"', "MASTHEAD_TIME_ZONE"),
        ('address = "http://courier.example"', "https"),
        ('address = "courier.example"', "MASTHEAD_ADDRESS"),
        ('secret = "in a file, where it does not belong"', "MASTHEAD_SECRET"),
        ("port = ", "not TOML"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(folder, written, said):
    (folder / "masthead.toml").write_text(written)

    with pytest.raises(config.BadConfig) as stopped:
        config.load()

    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_missing_secret_is_named(folder, monkeypatch):
    monkeypatch.delenv("MASTHEAD_SECRET")

    with pytest.raises(config.BadConfig, match="MASTHEAD_SECRET"):
        config.load()


def test_a_real_newsroom_is_no_demo_whatever_stands_in_its_folder(folder, monkeypatch):
    (folder / "this-is-a-demo").touch()
    monkeypatch.setenv("MASTHEAD_ADDRESS", "https://courier.example")

    assert config.load().demo is False


STRIPE = {"KEY": "rk_live_of_ours", "HOOK_SECRET": "whsec_of_ours"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"KEY": "sk_test_of_ours"}, "MASTHEAD_STRIPE_KEY: it is a test key, but stripe_mode is live"),
        ({"MODE": "test"}, "MASTHEAD_STRIPE_KEY: it is a live key, but stripe_mode is test"),
        ({"KEY": "pk_live_of_ours"}, "MASTHEAD_STRIPE_KEY: it is no secret key of Stripe"),
        ({"HOOK_SECRET": ""}, "MASTHEAD_STRIPE_HOOK_SECRET: is missing"),
        ({"KEY": ""}, "MASTHEAD_STRIPE_KEY: is missing"),
        ({"HOOK_SECRET": "sk_live_of_ours"}, "MASTHEAD_STRIPE_HOOK_SECRET: it is no signing secret"),
        ({"HOOK_SECRET_BEFORE": "of_ours"}, "MASTHEAD_STRIPE_HOOK_SECRET_BEFORE: it is no signing secret"),
        ({"API": "http://127.0.0.1:4000"}, "MASTHEAD_STRIPE_API"),
        ({"MODE": "test", "KEY": "sk_test_of_ours", "API": "https://stripe.example"}, "MASTHEAD_STRIPE_API"),
        ({"MODE": "both"}, "MASTHEAD_STRIPE_MODE"),
    ],
)
def test_a_key_of_stripe_that_does_not_fit_stops_the_start(folder, monkeypatch, changed, said):
    for name, value in (STRIPE | changed).items():
        monkeypatch.setenv(f"MASTHEAD_STRIPE_{name}", value)

    with pytest.raises(config.BadConfig) as stopped:
        config.load()

    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert "of_ours" not in str(stopped.value)


def test_keys_of_stripe_that_fit_are_taken_and_not_shown(folder, monkeypatch):
    for name, value in STRIPE.items():
        monkeypatch.setenv(f"MASTHEAD_STRIPE_{name}", value)

    read = config.load()

    assert read.stripe_key.get_secret_value() == "rk_live_of_ours"
    assert "of_ours" not in repr(read)


def test_a_demonstration_takes_no_live_key(folder, monkeypatch):
    (folder / "this-is-a-demo").touch()
    for name, value in STRIPE.items():
        monkeypatch.setenv(f"MASTHEAD_STRIPE_{name}", value)

    with pytest.raises(config.BadConfig, match="a demonstration moves no money"):
        config.load()


GOCARDLESS = {"TOKEN": "live_of_ours", "HOOK_SECRET": "signed_of_ours"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"TOKEN": "sandbox_of_ours"}, "MASTHEAD_GOCARDLESS_TOKEN: it is a sandbox token, but gocardless_mode is live"),
        ({"MODE": "sandbox"}, "MASTHEAD_GOCARDLESS_TOKEN: it is a live token, but gocardless_mode is sandbox"),
        ({"TOKEN": "sk_live_of_ours"}, "MASTHEAD_GOCARDLESS_TOKEN: it is no access token of GoCardless"),
        ({"HOOK_SECRET": ""}, "MASTHEAD_GOCARDLESS_HOOK_SECRET: is missing"),
        ({"TOKEN": ""}, "MASTHEAD_GOCARDLESS_TOKEN: is missing"),
        ({"HOOK_SECRET": "live_of_ours"}, "MASTHEAD_GOCARDLESS_HOOK_SECRET: it is an access token"),
        ({"API": "http://127.0.0.1:4000"}, "MASTHEAD_GOCARDLESS_API"),
        ({"MODE": "sandbox", "TOKEN": "sandbox_of_ours", "API": "https://debits.example"}, "MASTHEAD_GOCARDLESS_API"),
        ({"MODE": "test"}, "MASTHEAD_GOCARDLESS_MODE"),
    ],
)
def test_a_token_of_gocardless_that_does_not_fit_stops_the_start(folder, monkeypatch, changed, said):
    for name, value in (GOCARDLESS | changed).items():
        monkeypatch.setenv(f"MASTHEAD_GOCARDLESS_{name}", value)

    with pytest.raises(config.BadConfig) as stopped:
        config.load()

    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert "of_ours" not in str(stopped.value)


def test_a_demonstration_moves_no_debits(folder, monkeypatch):
    (folder / "this-is-a-demo").touch()
    for name, value in GOCARDLESS.items():
        monkeypatch.setenv(f"MASTHEAD_GOCARDLESS_{name}", value)

    with pytest.raises(config.BadConfig, match="a demonstration moves no money"):
        config.load()


def test_a_token_of_gocardless_has_no_place_in_the_file(folder):
    (folder / "masthead.toml").write_text('gocardless_token = "live_of_ours"\n')

    with pytest.raises(config.BadConfig, match="a secret does not belong in"):
        config.load()
