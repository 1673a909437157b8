"""The deeds of deliberation, by subject."""
