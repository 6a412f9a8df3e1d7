"""`python -m scimctl`, the same as the `scimctl` command."""

from scimctl.cli.app import main

if __name__ == "__main__":
    main()
