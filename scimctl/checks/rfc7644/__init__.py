"""Passive checks of RFC 7644, one module per section."""
