"""The forms of this room's nouns."""
