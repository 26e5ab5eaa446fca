"""Tiers, benefits and the grants ledger: who may have what, why, until when."""
