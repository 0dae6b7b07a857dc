#!/usr/bin/env python3
"""Opens the pages of `quench inspect --html` in a browser without a window, and
looks at what it lays out: boxes in the map as large as their functions, names
inside them, the times of the build; no errors, and nothing from elsewhere.

    tests/programs/report.py

Needs chromium and the compilers that tests/programs/install-deps brings."""

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from guests import build_c, first_program
from packages import ROOT

QUENCH = ROOT / "target/release/quench"
#: Seconds for one page.
PATIENCE = 120

#: Added to a copy of a page, which has no scripts itself: what was laid out, as
#: the text of an element.
PROBE = """<script>
const box = (element) => {
  const {x, y, width, height} = element.getBoundingClientRect();
  return {x, y, width, height, text: element.textContent};
};
const all = (selector) => [...document.querySelectorAll(selector)].map(box);
const map = document.querySelector("#map");
const frame = map.getBoundingClientRect();
// What leaves an SVG within the map is cut off there.
const clipped = (element) => {
  const {x, width, ...rest} = box(element);
  const end = element.x.baseVal.value + element.width.baseVal.value;
  const edge = frame.x + end * frame.width / map.viewBox.baseVal.width;
  return {...rest, x, width: Math.min(width, edge - x)};
};
const found = {
  map: all("#map")[0],
  boxes: all("#map rect"),
  labels: [...document.querySelectorAll("#map svg")].map(clipped),
  functions: all("#functions tr"),
  times: all("#times tr"),
  loaded: performance.getEntriesByType("resource").map((entry) => entry.name),
  width: [document.documentElement.scrollWidth, document.documentElement.clientWidth],
};
const output = document.createElement("pre");
output.id = "found";
output.textContent = JSON.stringify(found);
document.body.append(output);
</script>"""


class Failure(Exception):
    """What is wrong, for people."""


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def look(page: Path, scheme: str) -> dict:
    """What the browser makes of a page, with colours for light or dark."""
    text = page.read_text()
    expect("<script" not in text, "the page has scripts")
    probed = page.with_suffix(".probed.html")
    probed.write_text(text.replace("</body>", PROBE + "</body>"))
    command = [
        first_program("chromium", "chromium-browser", "google-chrome"),
        "--headless", "--disable-gpu", "--enable-logging=stderr", "--window-size=1280,900",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        f"--user-data-dir={page.parent / 'browser'}", "--dump-dom", probed.as_uri(),
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    console = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    expect(not console, f"the console says {console}")
    match = re.search(r'<pre id="found">(.*?)</pre>', result.stdout, re.DOTALL)
    expect(match is not None, f"the page does not load: {result.stderr}")
    return json.loads(html.unescape(match[1]))


def size(text: str) -> float:
    """Of `name, 1.5 KiB`."""
    number, unit = re.search(r"([\d.]+) (bytes|KiB|MiB)$", text).groups()
    return float(number) * {"bytes": 1, "KiB": 1024, "MiB": 1 << 20}[unit]


def check(page: Path, least: int, scheme: str) -> None:
    found = look(page, scheme)
    whole, boxes = found["map"], found["boxes"]
    expect(len(boxes) >= least, f"only {len(boxes)} boxes")
    expect(whole["width"] > 1000 and whole["height"] > 500, f"the map is {whole}")
    for one in boxes + found["labels"]:
        inside = (
            one["x"] >= whole["x"] - 1
            and one["y"] >= whole["y"] - 3
            and one["x"] + one["width"] <= whole["x"] + whole["width"] + 1
            and one["y"] + one["height"] <= whole["y"] + whole["height"] + 1
        )
        expect(inside, f"outside of the map: {one}")
    areas = [(one["width"] * one["height"], size(one["text"]), one["text"]) for one in boxes]
    expect(all(area > 0 for area, _, _ in areas), "boxes without an area")
    # A function with those that only it uses is a frame around their boxes.
    areas = [area for area in areas if not re.search(r" and \d+ functions? that only it uses, ", area[2])]
    covered = sum(area for area, _, _ in areas) / (whole["width"] * whole["height"])
    expect(0.8 < covered < 1.01, f"boxes cover {covered} of the map")
    # Headings of groups and frames take some of the area.
    scale = max(areas)[0] / max(areas)[1]
    for area, bytes_, text in areas:
        if area > 2000:
            expect(0.45 < area / bytes_ / scale < 1.6, f"{text} has an area of {area}, at {scale} a byte")
    expect(any("main" in one["text"] for one in found["labels"]), "no label names `main`")
    largest = max(areas)[2].rsplit(",", 1)[0]
    # The first row has the headings.
    expect(largest in found["functions"][1]["text"], f"`{largest}` is not the first in the table")
    times = " ".join(one["text"] for one in found["times"])
    for name in ("wall, s", "parse", "generate", "link", "main"):
        expect(name in times, f"no `{name}` in the times: {times}")
    expect(not found["loaded"], f"it loads {found['loaded']}")
    expect(found["width"][0] <= found["width"][1], "it is wider than the window")


def main() -> int:
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        module, program, times = build_c("cabinet"), folder / "cabinet", folder / "times"
        with times.open("w") as file:
            subprocess.run([QUENCH, "build", module, "-o", program, "--timings=json"], stderr=file, check=True)
        for subject, least in (module, 40), (program, 100):
            for scheme in "light", "dark":
                page = folder / f"{subject.name}.html"
                try:
                    command = [QUENCH, "inspect", subject, "--html", page, "--timings", times]
                    subprocess.run(command, check=True)
                    check(page, least, scheme)
                    passed += 1
                    print(f"page of {subject.name}, {scheme}: ok", flush=True)
                except (Failure, FileNotFoundError, subprocess.SubprocessError) as error:
                    failed += 1
                    print(f"page of {subject.name}, {scheme}: {error}", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
