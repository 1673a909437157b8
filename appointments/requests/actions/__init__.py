"""Deeds on a help request, by subject: taking it in, going to see, carrying it to its end."""
