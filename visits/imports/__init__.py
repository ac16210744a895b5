"""Importing problems from a spreadsheet: what a row says, and what it would do."""
