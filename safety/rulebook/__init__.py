"""The general rules that this service brings: a JSON document a set, beside this file."""

from pathlib import Path

from community_portal.rules.actions import register_rules

register_rules(Path(__file__).parent)
