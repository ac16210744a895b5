"""The enterprise's own door: links, answers, reports."""
