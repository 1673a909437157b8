"""The pages of deliberations, by subject."""
