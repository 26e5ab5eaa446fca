"""A Stripe for tests: its API over real HTTP, a hosted pay page, signed webhooks, and cards that play every part.

It imports nothing of the house. What it doesn't do it answers as Stripe answers the unknown: 404.
"""
