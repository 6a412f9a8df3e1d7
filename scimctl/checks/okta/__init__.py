"""Passive checks of what Okta asks beyond the RFCs."""
