"""The PDF summaries: what they say, how they are made, how they are verified."""
