"""Bookings, creatives and slots."""
