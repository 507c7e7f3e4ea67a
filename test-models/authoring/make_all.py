# SPDX-License-Identifier: Apache-2.0
"""Makes every stored test model anew, then index.json and the checks."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = ["digits.py", "mlperf.py", "audio.py", "small.py"]


def write_index():
    """index.json: what counts as equal, per model ("tinyc verify --accept")."""
    records = {p.parent.name: json.loads(p.read_text()) for p in sorted(HERE.parent.glob("*/provenance.json"))}
    index = {name: {"what": r["what"], "accept": r["accept"]} for name, r in records.items() if "accept" in r}
    (HERE.parent / "index.json").write_text(json.dumps(index, indent=1) + "\n")


def main():
    for script in SCRIPTS:
        subprocess.run([sys.executable, "-B", str(HERE / script)], check=True)
    write_index()
    return subprocess.run([sys.executable, "-B", str(HERE / "check.py")]).returncode


if __name__ == "__main__":
    sys.exit(main())
