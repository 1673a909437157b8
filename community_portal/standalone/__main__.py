"""``python -m community_portal.standalone run | test | bench | messages | untranslated``; see the Makefile."""

import sys
from pathlib import Path

from community_portal.standalone import bench_run, catalogues, prepare, run, tests_run
from community_portal.standalone.one_run import Stop


def main(words: list[str]) -> int:
    """Answers the exit code; what a person can mend is said in one sentence."""
    commands = {
        "run": run.main,
        "test": lambda: tests_run.main(words[1:]),
        "bench": lambda: bench_run.main(words[1:]),
        "messages": catalogues.update,
        "untranslated": catalogues.check,
        "after-web": lambda: run.after_web(int(words[1]), *words[2:]),
        "prepare-database": lambda: prepare.prepare_database(Path(words[1])),
    }
    try:
        return commands[words[0]]()
    except Stop as stop:
        print(f"Stopped: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
