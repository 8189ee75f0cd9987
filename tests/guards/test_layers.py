"""The layers: rules are pure, drivers know nothing of reports, views and commands are at the top.

Read from the import statements themselves (also those inside functions), so that a hidden import is found too.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "creditreport"

# What a rule may never touch: the store, the web, the network, the file system's state, the present time.
IMPURE = (
    "sqlalchemy",
    "flask",
    "httpx",
    "requests",
    "socket",
    "subprocess",
    "structlog",
    "click",
    "reportlab",
    "pyhanko",
)
RULES = (
    "violations.ruleset_form", "violations.ruleset_read", "rules.diff", "rules.words",
    "violations.record", "violations.screen", "violations.steps", "violations.chains", "violations.window",
    "violations.mapping", "violations.cells", "violations.concern", "violations.overlays", "violations.masking",
    "violations.exemption", "violations.build", "violations.answer", "entities.entity", "reports.content",
    "violations.explain", "precheck.changes", "precheck.dates", "precheck.sentences", "replay.compare",
    "bidpacks.facts", "bidpacks.judge", "bidpacks.sentences",
    "violations.own", "objections.flow", "objections.clock", "objections.changes",
)  # fmt: skip
# package -> packages of ours that it may not import
FORBIDDEN = {
    "sources": ("reports", "verification", "signing", "accounts", "entities", "audit", "web", "demo"),
    "catalog": ("reports", "verification", "signing", "accounts", "audit", "web", "demo", "sources"),
    "violations": ("reports", "verification", "signing", "accounts", "audit", "web", "demo"),
    "signing": ("reports", "verification", "violations", "catalog", "sources", "accounts", "web", "demo"),
    "entities": ("reports", "verification", "signing", "accounts", "web", "demo"),
    "reports": ("verification", "accounts", "web", "demo", "precheck"),
    # What a verifier is told never comes from the business's own pre-check.
    "verification": ("precheck",),
    "precheck": ("verification", "signing", "accounts", "web", "demo"),
    "replay": ("verification", "signing", "accounts", "web", "demo", "precheck"),
}
# What gathers the layers, and so may import from any of them.
TOP = ("commands", "views", "service")


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@cache
def modules() -> dict[str, set[str]]:
    """What each module imports; read when it is asked for, not by every process that collects the tests."""
    return {_module(path): _imports(path) for path in PACKAGE.rglob("*.py")}


@pytest.mark.parametrize("rule", list(RULES))
def test_rules_are_pure(rule: str) -> None:
    assert rule in modules(), f"{rule} is listed as a rule and is not there"
    assert [name for name in modules()[rule] if name.split(".")[0] in IMPURE] == []


@pytest.mark.parametrize("rule", list(RULES))
def test_rules_do_not_read_the_clock(rule: str) -> None:
    text = (PACKAGE / (rule.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    assert not any(call in text for call in (".now(", ".today(", "time.time(", "monotonic("))


@pytest.mark.parametrize("package", FORBIDDEN)
def test_packages_import_downwards(package: str) -> None:
    wrong = []
    for module, names in modules().items():
        if module.split(".")[0] != package or module.split(".")[-1] in TOP:
            continue
        for name in names:
            if any(name.startswith(f"creditreport.{other}") for other in FORBIDDEN[package]):
                wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_only_views_and_wiring_know_flask() -> None:
    allowed = ("web", "accounts", "console")
    wrong = [
        module
        for module, names in modules().items()
        if any(name.split(".")[0].startswith("flask") for name in names)
        and module.split(".")[0] not in (*allowed, "__init__")
        and module.split(".")[-1] not in ("views", "forms")
    ]
    assert wrong == []
