"""How dates are written, in every language alike: ISO 8601."""
