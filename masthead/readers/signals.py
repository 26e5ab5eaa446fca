"""Told to the floors above."""

from django.dispatch import Signal

# reader: Reader, device: Device | None (the one that signed in). Sent after the commit, from a stored Confirmation,
# at least once: whoever listens joins what was given under `reader.email` before the address was proved.
address_confirmed = Signal()
