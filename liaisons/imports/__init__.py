"""Importing enterprises from a spreadsheet: read, recognise, compare, write, take back."""
