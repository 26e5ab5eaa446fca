"""An invented provider, Ferry: the smallest that can be behind the interface. `server` plays it, `client` is our side.

It has its own words: a payment is *booked*, and then *landed* or *sunk*; a permission is a *pass*, which can be *void*.
The how-to on adding a provider walks through these files.
"""
