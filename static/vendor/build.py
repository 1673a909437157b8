"""Copies the front-end parts out of an npm folder, makes the icon sprite and writes VENDORED.md with checksums.

npm install bootstrap@5.3 bootstrap-icons htmx.org@2 echarts idb-keyval@6 leaflet@1.9      (in an empty folder)
python static/vendor/build.py PATH_OF_THAT_FOLDER
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
PARTS = (
    ("bootstrap", "dist/css/bootstrap.min.css", "bootstrap/bootstrap.min.css"),
    ("htmx.org", "dist/htmx.min.js", "htmx/htmx.min.js"),
    ("echarts", "dist/echarts.common.min.js", "echarts/echarts.min.js"),
    ("idb-keyval", "dist/umd.js", "idb-keyval/idb-keyval.js"),
    ("leaflet", "dist/leaflet.js", "leaflet/leaflet.js"),
    ("leaflet", "dist/leaflet.css", "leaflet/leaflet.css"),
)
# Pictures that a part's style asks for and we do not keep: our maps draw markers of their own.
PICTURES = re.compile(r"background-image:\s*url\([^)]*\);?|behavior:\s*url\([^)]*\);?")
SPRITE = "bootstrap-icons/icons.svg"


def main(npm: Path) -> None:
    """Fills this folder from ``npm``."""
    rows = []
    for package, source, target in PARTS:
        (HERE / target).parent.mkdir(exist_ok=True)
        shutil.copy(npm / "node_modules" / package / source, HERE / target)
        text = (HERE / target).read_text()
        text = re.sub(r"/[*/]# sourceMappingURL=.*", "", text)
        (HERE / target).write_text(PICTURES.sub("", text) if package == "leaflet" else text)
        rows.append((package, target))
    (HERE / SPRITE).parent.mkdir(exist_ok=True)
    (HERE / SPRITE).write_text(sprite(npm / "node_modules/bootstrap-icons/icons"))
    rows.append(("bootstrap-icons", SPRITE))
    lines = ["# Parts kept here", "", "| part | version | licence | file | sha256 |", "|---|---|---|---|---|"]
    for package, target in rows:
        about = json.loads((npm / "node_modules" / package / "package.json").read_text())
        digest = hashlib.sha256((HERE / target).read_bytes()).hexdigest()
        lines.append(f"| {package} | {about['version']} | {about['license']} | {target} | {digest} |")
    (HERE / "VENDORED.md").write_text("\n".join(lines) + "\n")


def sprite(folder: Path) -> str:
    """One SVG with a symbol per icon of icons.txt, so that a page fetches a few kilobytes once."""
    symbols = []
    for name in (HERE / "icons.txt").read_text().split():
        svg = (folder / f"{name}.svg").read_text()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
        assert inner, name
        body = re.sub(r"\s*\n\s*", "", inner.group(1))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
