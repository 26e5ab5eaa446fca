"""Asks for support and their arms."""
