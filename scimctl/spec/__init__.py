"""The specifications: requirements, their levels, and the catalogue that holds them."""
