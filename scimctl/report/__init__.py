"""Showing events: one module per format."""
