"""Visits: recorded, corrected, withdrawn, listed."""
