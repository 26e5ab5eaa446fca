"""Whether mail of this newsroom is believed: SPF, DKIM, DMARC and where letters come back to, looked up in the DNS."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.db import transaction

from masthead.core import audit, clock, config
from masthead.core.actors import Actor
from masthead.core.refusals import Refusal
from masthead.letters.models import Examination, Overrule
from masthead.letters.returns import records

audit.register("letters.standing_overruled", "{by} let large letters go although something is missing: {missing}")

LARGE = 500  # recipients; a mailing to more waits until all passes
LOOKED_UP_FOR = timedelta(hours=1)  # how long what was found and passed is believed


class NoReason(Refusal):
    for_people_text = "Say in a full sentence why it is right to send all the same. Nothing has been changed."


class NothingMissing(Refusal):
    for_people_text = "Everything passes: there is nothing to overrule. Nothing has been changed."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `asked` is False where nobody answered: then it neither passes nor is wrong."""

    name: str
    passes: bool
    says: str
    asked: bool = True


@dataclass(frozen=True)
class Clearance:
    """Whether a mailing may go, and why or why not, in a sentence."""

    passes: bool
    says: str


def examine(within: timedelta = timedelta(seconds=4)) -> list[Finding]:
    """Look everything up now, in `within` at most."""
    conf = config.load()
    sender = address_of(conf)
    if stays_here(conf):
        return [Finding("sender", True, "Letters are kept on this machine, and nobody gets them.")]
    domain = sender.rpartition("@")[2]
    if "." not in domain or domain.endswith((".localhost", ".invalid", ".local")):
        says = f"Letters would come from {sender}, an address that is nowhere: set `letters_from` or `mail_from`."
        return [Finding("sender", False, says)]
    returns = (parseaddr(conf.returns_address)[1] or sender).rpartition("@")[2].lower()
    looks: dict[str, Callable[[records.Names], records.Look]] = {
        "SPF": lambda names: records.spf(names, returns),
        "DKIM": lambda names: records.dkim(names, domain, conf.dkim_selector, conf.dkim_key.get_secret_value()),
        "DMARC": lambda names: records.dmarc(names, domain),
        "return path": lambda names: records.returns(names, domain, returns),
    }
    names = records.Names(conf.dns_server, within)
    found = []
    for name, look in looks.items():
        try:
            wrong, says = look(names)
        except records.Unanswered as silent:
            found.append(Finding(name, False, f"Could not ask the DNS about {silent}.", asked=False))
        else:
            found.append(Finding(name, not wrong, says))
    return [*found, _somebody_reads_what_comes_back(conf)]


def look_up() -> Examination:
    """Examine now and keep what was found, for the desk and for mailings. Asks the DNS: not within a transaction."""
    found = examine()
    passes = all(finding.passes for finding in found)
    made = Examination.objects.create(findings=[asdict(finding) for finding in found], passes=passes)
    Examination.objects.filter(at__lt=clock.now() - timedelta(days=90)).delete()
    return made


def findings_of(examination: Examination) -> list[Finding]:
    """What was found then."""
    return [Finding(**finding) for finding in examination.findings]


def clear_for(count: int) -> Clearance:
    """Whether a mailing to `count` people may go out: up to LARGE always, above it when all passes or was overruled."""
    if count <= LARGE:
        return Clearance(True, "")
    newest = Examination.objects.first()
    if newest is None or not newest.passes or newest.at < clock.now() - LOOKED_UP_FOR or newest.at > clock.now():
        newest = look_up()
    if newest.passes:
        return Clearance(True, "")
    missing = {finding.name: finding for finding in findings_of(newest) if not finding.passes}
    overruled = Overrule.objects.first()
    if overruled is not None and set(missing) <= set(overruled.missing):
        return Clearance(True, f"Overruled on {overruled.at:%Y-%m-%d}: {', '.join(missing)}.")
    first = next(iter(missing.values()))
    return Clearance(
        False,
        f"It waits: {first.name} does not pass. {first.says} Mail to more than {LARGE} people would be taken for spam. "
        "‘Standing’ at the desk says what to do, and there it can be overruled in writing.",
    )


def overrule(reason: str, by: Actor) -> Overrule:
    """Let large mailings go although something is missing, which is written down: it covers what is missing now.

    Raises NoReason, NothingMissing. Asks the DNS when nobody has yet.
    """
    if len(reason.split()) < 3:
        raise NoReason
    newest = Examination.objects.first() or look_up()
    missing = [finding.name for finding in findings_of(newest) if not finding.passes]
    if not missing:
        raise NothingMissing
    with transaction.atomic():
        made = Overrule.objects.create(reason=reason.strip(), by=str(by), missing=missing)
        audit.record("letters.standing_overruled", made, by=by, missing=", ".join(missing))
    return made


def address_of(conf: config.Config) -> str:
    """The address that letters come from."""
    return parseaddr(conf.letters_from or conf.mail_from)[1].lower()


def stays_here(conf: config.Config) -> bool:
    """Whether no letter leaves this machine: a demonstration, or mail kept in a folder."""
    return conf.demo or (conf.letters_through == "smtp" and not (conf.letters_mail or conf.mail))


def _somebody_reads_what_comes_back(conf: config.Config) -> Finding:
    hooks = conf.hooks_password.get_secret_value() or conf.hooks_key.get_secret_value()
    if conf.returns_mailbox or hooks:
        return Finding("returns", True, "What comes back is read.")
    return Finding(
        "returns",
        False,
        "Nobody reads what comes back, so letters would go to dead addresses for ever: set `returns_mailbox`, or "
        "`hooks_password` or `hooks_key` for a provider's webhooks.",
    )
