"""Passive checks of RFC 7643, one module per section."""
