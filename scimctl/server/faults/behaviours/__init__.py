"""The faults, one module an area; the YAML file beside it says what each does and what is right."""
