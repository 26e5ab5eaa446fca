"""A GoCardless for tests: its API over real HTTP, the page of its flow, signed webhooks, and accounts for every part.

It imports nothing of the house. What it doesn't do it answers as GoCardless answers the unknown: 404.
"""
