"""Templates stay readable: one thing a line, no line that runs out of the window."""

from pathlib import Path

from django.conf import settings

# A tag of Django, and what stands in one attribute, cannot be parted.
LONGEST = 200


def test_no_line_runs_out_of_the_window() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    long = [
        f"{path.relative_to(folder)}:{number} has {len(line)} characters"
        for path in sorted(folder.rglob("*.html"))
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if len(line) > LONGEST
    ]
    assert not long, "\n".join(long)
