"""Scenarios as data: reading, checking, selecting and planning them."""
