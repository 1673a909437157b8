"""Deeds over any matter, by subject: taking a step, whose hands, the agreed time, more time, words, the end."""
