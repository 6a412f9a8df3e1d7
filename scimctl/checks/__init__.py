"""Checks that look at exchanges whatever scenario made them."""
