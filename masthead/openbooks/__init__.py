"""The public accounts: what was published, what came in and where it went."""
