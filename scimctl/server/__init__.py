"""The reference SCIM server: a function from Request to Response."""
