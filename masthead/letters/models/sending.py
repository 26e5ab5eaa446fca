"""Mailings and deliveries: one issue to all who are due it, one copy to one person."""
