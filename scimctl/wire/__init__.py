"""HTTP over a socket: `client.Wire` sends requests; `settings` and `headers` are values and need no HTTP library."""
