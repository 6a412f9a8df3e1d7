"""A SCIM 2.0 conformance tester and mock Okta client."""

__version__ = "0.1.0"
