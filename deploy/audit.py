"""Looks for known vulnerabilities of what the program runs on, and says what could not be looked up (`make audit`).

pip-audit passes over a package that the registry does not know, as if it were sound: a mirror without the advisories
would read as a clean bill. Here that is a failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """0 when every package was looked up and none has a known vulnerability."""
    command = ["pip_audit", "--requirement", "requirements.txt", "--no-deps", "--disable-pip", "--format", "json"]
    done = subprocess.run(  # noqa: S603 (our own interpreter, arguments of ours)
        [sys.executable, "-m", *command, "--progress-spinner", "off"], cwd=ROOT, capture_output=True, text=True
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.stderr.write(f"{done.stderr}\nnothing could be looked up\n")
        return 1
    return told(found)


def told(found: list[dict[str, object]]) -> int:
    """Says it, and returns the exit status."""
    skipped = [str(one["name"]) for one in found if "skip_reason" in one]
    harmed = {f"{one['name']} {one['version']}": one["vulns"] for one in found if one.get("vulns")}
    for name, vulnerabilities in harmed.items():
        known = ", ".join(str(one["id"]) for one in vulnerabilities)  # type: ignore[attr-defined]
        sys.stdout.write(f"VULNERABLE  {name}: {known}\n")
    if skipped:
        sys.stdout.write(f"NOT LOOKED UP ({len(skipped)}), the registry does not tell: {', '.join(skipped)}\n")
    sys.stdout.write(f"{len(found) - len(skipped)} of {len(found)} packages looked up, {len(harmed)} vulnerable\n")
    return 1 if skipped or harmed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
