"""The mock Okta client: what Okta sends, as generators without I/O."""
