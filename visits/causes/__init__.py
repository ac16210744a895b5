"""Common causes: problems that are one matter."""
