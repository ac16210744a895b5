"""Figures: roll-ups kept with each visit, their definitions, and the dashboard."""
