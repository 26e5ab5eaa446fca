"""References of our own: what people read aloud and what nobody can guess."""

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O, U, so that it survives a telephone
LENGTH, UNGUESSABLE = 12, 26  # 60 and 130 bits


def new(length: int = LENGTH) -> str:
    """A fresh random reference."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def unguessable() -> str:
    """A fresh reference of 130 bits: knowing it is enough to ask what became of a payment."""
    return new(UNGUESSABLE)
