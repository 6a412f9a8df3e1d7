"""The SCIM protocol as values and pure functions: no input, no output, no clock."""
