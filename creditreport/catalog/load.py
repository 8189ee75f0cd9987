"""Loading the catalogue: the 45 domains, the register, the overlays and the shared words, all or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from creditreport.catalog.check import ManifestProblem, in_folder, name_problems
from creditreport.catalog.manifest import LocatedManifest, Role
from creditreport.catalog.read import read_manifest
from creditreport.catalog.shared import source_text, taken_words
from creditreport.catalog.words import VOCABULARY_FILE, Vocabulary, load_vocabulary
from creditreport.errors import Problem

DOMAIN_COUNT = 45
REGISTER_FILE = "register.toml"
OVERLAYS_FOLDER = "overlays"
_NUMBERED = re.compile(r"^\d+_")


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything declared, in one frozen object; ``domains`` in the order of their numbers."""

    domains: tuple[LocatedManifest, ...]
    register: LocatedManifest
    overlays: tuple[LocatedManifest, ...]
    vocabulary: Vocabulary

    def domain(self, slug: str) -> LocatedManifest:
        """The domain with ``slug``. Raises ``UNKNOWN_DOMAIN``."""
        return _pick(self.domains, slug)

    def find(self, slug: str) -> LocatedManifest:
        """The domain, overlay or register with ``slug``. Raises ``UNKNOWN_DOMAIN``."""
        return _pick(self.all, slug)

    @property
    def all(self) -> tuple[LocatedManifest, ...]:
        """Every manifest of every role."""
        return (*self.domains, self.register, *self.overlays)


def load_catalog(domains_dir: Path) -> Catalog:
    """The catalogue in ``domains_dir``. Raises ``INVALID_CATALOG`` naming every file, key and problem."""
    reading = _Reading(domains_dir)
    if reading.problems or reading.register is None:
        raise invalid_catalog(reading.problems)
    overlays = tuple(sorted(reading.overlays, key=lambda one: one.manifest.slug))
    domains = tuple(sorted(reading.domains, key=lambda one: one.manifest.number or 0))
    return Catalog(domains, reading.register, overlays, reading.vocabulary)


def load_manifest(path: Path, vocabulary: Vocabulary) -> LocatedManifest:
    """One manifest from any folder, by path. Raises ``INVALID_CATALOG``."""
    located, problems = read_manifest(path, vocabulary)
    if problems or located is None:
        raise invalid_catalog(problems)
    return located


def load_words(domains_dir: Path) -> Vocabulary:
    """The shared words alone. Raises ``INVALID_CATALOG``."""
    try:
        return load_vocabulary(domains_dir)
    except ValueError as error:
        raise invalid_catalog([ManifestProblem(VOCABULARY_FILE, "", str(error))]) from error


def check_manifests(domains_dir: Path, paths: Sequence[Path] | None = None) -> list[ManifestProblem]:
    """Every problem of the whole catalogue, or of the given files only (a folder is a whole catalogue)."""
    if not paths:
        return _Reading(domains_dir).problems
    problems: list[ManifestProblem] = []
    vocabulary: Vocabulary = {}
    try:
        vocabulary = load_vocabulary(domains_dir)
    except ValueError as error:
        problems.append(ManifestProblem(VOCABULARY_FILE, "", str(error)))
    for path in paths:
        if path.is_dir():
            problems.extend(_Reading(path).problems)
            continue
        located, found = read_manifest(path, vocabulary)
        problems.extend(found)
        # A manifest tried out under any name is fine; one that bears a number or stands in the catalogue is held
        # to its name.
        if located is not None and (_NUMBERED.match(path.name) or in_folder(path, domains_dir)):
            problems.extend(name_problems(located))
    return problems


def invalid_catalog(problems: Sequence[ManifestProblem]) -> Problem:
    """The error that names every problem."""
    lines = [f"{one.file}: {one.key + ': ' if one.key else ''}{one.problem}" for one in problems]
    return Problem(
        "INVALID_CATALOG", detail="\n".join(["", *lines]), shown={"problems": [one.as_json() for one in problems]}
    )


def _pick(manifests: Iterable[LocatedManifest], slug: str) -> LocatedManifest:
    for located in manifests:
        if located.manifest.slug == slug:
            return located
    raise Problem("UNKNOWN_DOMAIN", value=slug)


class _Reading:
    """All files of a catalogue folder, read once, with every problem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[ManifestProblem] = []
        self.domains: list[LocatedManifest] = []
        self.overlays: list[LocatedManifest] = []
        self.register: LocatedManifest | None = None
        self.vocabulary: Vocabulary = {}
        try:
            self.vocabulary = load_vocabulary(folder)
        except ValueError as error:
            self.problems.append(ManifestProblem(VOCABULARY_FILE, "", str(error)))
        self._read_files()
        self.problems.extend(_number_problems(self.domains, folder))
        self.problems.extend(_slug_problems([*self.domains, *self.overlays]))
        self.problems.extend(_take_problems(self.domains))

    def _read_files(self) -> None:
        if not (self.folder / REGISTER_FILE).is_file():
            self.problems.append(
                ManifestProblem(REGISTER_FILE, "", "缺少登记库清单 / the register's manifest is missing")
            )
        for path in sorted(self.folder.glob("*.toml")):
            if path.name != VOCABULARY_FILE:
                self._read(path, Role.REGISTER if path.name == REGISTER_FILE else Role.DOMAIN)
        for path in sorted(self.folder.glob("[0-9][0-9]_*.py")):
            # Code beside a manifest would be passed over in silence; what it was to do must be declared.
            text = "清单旁不能有程序，请用清单的键表达 / no program beside a manifest; declare it"
            self.problems.append(ManifestProblem(path.name, "", text))
        for path in sorted((self.folder / OVERLAYS_FOLDER).glob("*.toml")):
            self._read(path, Role.OVERLAY)

    def _read(self, path: Path, role: Role) -> None:
        located, found = read_manifest(path, self.vocabulary)
        self.problems.extend(found)
        if located is None:
            return
        if located.manifest.role is not role:
            text = f"此处应为 {role.value} 清单 / a manifest here has the role {role.value}"
            self.problems.append(ManifestProblem(path.name, "role", text))
            return
        self.problems.extend(name_problems(located))
        if role is Role.REGISTER:
            self.register = located
        else:
            (self.domains if role is Role.DOMAIN else self.overlays).append(located)


def _number_problems(domains: Sequence[LocatedManifest], folder: Path) -> Iterator[ManifestProblem]:
    files: dict[int, list[str]] = {}
    for located in domains:
        files.setdefault(located.manifest.number or 0, []).append(located.path.name)
    # A file that could not be read is told of already; its number is not missing as well.
    present = {int(path.name[:2]) for path in folder.glob("[0-9][0-9]_*.toml")}
    for number in sorted(set(range(1, DOMAIN_COUNT + 1)) - set(files) - present):
        text = f"缺少编号为 {number} 的领域清单（应有 1 至 {DOMAIN_COUNT}） / there is no manifest with number {number}"
        yield ManifestProblem(f"{number:02d}_*.toml", "number", text)
    for number, names in sorted(files.items()):
        if number > DOMAIN_COUNT:
            text = f"编号 {number} 超出 1 至 {DOMAIN_COUNT} / the number is beyond {DOMAIN_COUNT}"
            yield ManifestProblem(names[0], "number", text)
        for name in names if len(names) > 1 else ():
            text = f"编号 {number} 被多个清单使用：{'、'.join(names)} / several manifests have the number {number}"
            yield ManifestProblem(name, "number", text)


def _slug_problems(manifests: Sequence[LocatedManifest]) -> Iterator[ManifestProblem]:
    count = Counter(located.manifest.slug for located in manifests)
    for located in manifests:
        if count[located.manifest.slug] > 1:
            text = f"“{located.manifest.slug}”被多个清单使用 / several manifests have this slug"
            yield ManifestProblem(located.path.name, "slug", text)


def _take_problems(domains: Sequence[LocatedManifest]) -> Iterator[ManifestProblem]:
    owner: dict[tuple[str, str], str] = {}
    for located in domains:
        take = located.manifest.source.take
        for word in taken_words(take) if take else ():
            first = owner.setdefault((source_text(located.manifest), word), located.path.name)
            if first != located.path.name:
                text = f"“{word}”的行已由 {first} 取用 / its rows are taken by {first} already"
                yield ManifestProblem(located.path.name, "source.take.values", text)
