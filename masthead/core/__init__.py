"""Signing, clock, audit, mail and jobs: what every floor above may use."""
