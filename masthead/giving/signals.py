"""Told to the floor above, inside the transaction: `membership` listens, and nobody else (checked at the start)."""

from django.dispatch import Signal

pledge_moved = Signal()
"""pledge: Pledge (locked), move: Move. Also sent when the state stays and a payment, an amount or an owner changes."""

gift_moved = Signal()
"""gift: Gift (locked), was, now: GiftState."""

present_moved = Signal()
"""present: Present (locked), was, now: PresentState."""
