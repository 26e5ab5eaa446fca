"""What the desk can do for a person that is about the account itself."""

from typing import Any

from django import forms

from masthead.core.actors import Actor
from masthead.readers import accounts, address_change, addresses, merging, privacy, sign_in
from masthead.readers.forms import AddressField
from masthead.readers.models import Reader

from .forms import ActForm
from .people import MOVE, Person
from .register import Act, act, the_person


def _account_of(person: Person, reference: str) -> Person | None:
    """The person as a whole, only with an account."""
    return the_person(person, reference) if person.is_confirmed else None


def _reachable(person: Person, reference: str) -> Person | None:
    return the_person(person, reference) if person.email else None


# --- a note ----------------------------------------------------------------------------------------------


class NoteForm(ActForm):
    """A note alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Note"
        self.fields["reason"].error_messages["required"] = "Write something, or leave it."


act(
    Act(
        name="note",
        label="Write a note",
        title="Write a note",
        done="The note is kept.",
        find=the_person,
        says=lambda person, to: ["Seen at the desk alone. It goes with the account, and the reader can ask for it."],
        do=lambda person, to, typed, by, note: None,
        form=NoteForm,
    ),
    logged="Note",
)


# --- a link to sign in -----------------------------------------------------------------------------------


def _help_says(person: Person, _to: Any) -> list[str]:
    return [f"A link goes to {person.email}. It works for a day, in any browser, and signs in there."]


def _help(person: Person, _to: Any, _typed: dict[str, Any], _by: Actor, _note: int) -> None:
    sign_in.help_in(person.email)


act(
    Act(
        name="sign-in-help",
        stands="who",
        label="Send a link to sign in",
        title="Send a link to sign in",
        done="A link is on its way.",
        find=_reachable,
        says=_help_says,
        do=_help,
    ),
    logged="Sent a link to sign in",
)


# --- another address -------------------------------------------------------------------------------------


class AddressForm(ActForm):
    """The address to be."""

    email = AddressField(label="New e-mail address")


def _address_says(person: Person, _to: Any) -> list[str]:
    return [
        f"Now: {person.email}.",
        "The new address gets a link, and nothing changes before it is confirmed there. The address now is told, "
        "with a link that stops it. Both links work for three days.",
    ]


def _ask_for_address(person: Person, _to: Any, typed: dict[str, Any], by: Actor, _note: int) -> None:
    assert person.reader is not None
    address_change.ask(person.reader, typed["email"], by=by)


act(
    Act(
        name="address",
        stands="who",
        label="Change the address",
        title="Change the address",
        done="Both addresses have been written to. It changes once the new one is confirmed.",
        find=_account_of,
        says=_address_says,
        do=_ask_for_address,
        form=AddressForm,
        right=MOVE,
        at="email",
    ),
    logged="Asked for another address",
)


# --- two accounts of one person --------------------------------------------------------------------------


class MergeForm(ActForm):
    """The other account, by its address; what moves is shown before it is done."""

    email = AddressField(label="Address of the other account", help_text="It goes; all of it moves to this one.")


def other_account(email: str) -> Reader:
    """The account at an address. Raises BadAddress, NoSuchAccount."""
    found = accounts.reader_at(addresses.checked(email))
    if found is None:
        raise merging.NoSuchAccount
    return found


def _merge_says(person: Person, _to: Any) -> list[str]:
    return [
        f"Everything of the other account moves to this one, {person.email}: what it gives, gets and was told.",
        "You see what moves before it does. It can’t be undone.",
    ]


def _merge(person: Person, _to: Any, typed: dict[str, Any], by: Actor, _note: int) -> None:
    assert person.reader is not None
    merging.merge(other_account(typed["email"]), person.reader, by=by)


def merge_preview(person: Person, typed: dict[str, Any]) -> list[str]:
    """What moves, a sentence each. Raises NoSuchAccount, SameAccount."""
    assert person.reader is not None
    gone = other_account(typed["email"])
    if gone.pk == person.reader.pk:
        raise merging.SameAccount
    moves = merging.preview(gone, person.reader)
    return [*moves, f"Signing in with {gone.email} makes a new account from then on; what came there comes here now."]


act(
    Act(
        name="merge",
        stands="who",
        label="Merge another account into this one",
        title="Merge another account into this one",
        done="The two are one account now.",
        find=_account_of,
        says=_merge_says,
        do=_merge,
        form=MergeForm,
        right=MOVE,
        at="email",
        is_grave=True,
        preview=merge_preview,
    ),
    logged="Merged another account into this one",
)


# --- erasure ---------------------------------------------------------------------------------------------


class EraseForm(ActForm):
    """The address once more, so that nobody is erased by a slip."""

    email = AddressField(label="Type the address of the account, to be sure")

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if typed != self.person.email:
            raise forms.ValidationError("This is not the address of this account. Nothing has been changed.")
        return typed


def _erase_says(person: Person, _to: Any) -> list[str]:
    assert person.reader is not None
    return [
        "The account goes, with its letters, seats, devices and notes. What accounting law wants stays under a bare "
        "reference. It can’t be undone.",
        *privacy.before_erasing(person.reader),
        "Your reason goes with the account; that you did it stays in the audit log.",
    ]


def _erase(person: Person, _to: Any, _typed: dict[str, Any], by: Actor, _note: int) -> None:
    assert person.reader is not None
    privacy.erase(person.reader, by=by)


act(
    Act(
        name="erase",
        stands="who",
        label="Erase the account",
        title="Erase the account",
        done="The account is erased.",
        find=_account_of,
        says=_erase_says,
        do=_erase,
        form=EraseForm,
        right=MOVE,
        is_grave=True,
    ),
    logged="Erased the account",
)
