"""The inspector: pages that show what a running server was asked, what it answered, and whom it has."""
