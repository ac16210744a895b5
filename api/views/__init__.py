"""The doors, one module a noun."""
