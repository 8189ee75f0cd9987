"""The catalogue loads as a whole or names what is wrong: file, key and problem."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from creditreport.catalog.load import check_manifests, load_catalog, load_manifest, load_words
from creditreport.catalog.references import UnresolvedReference, literal_secrets, resolve
from creditreport.errors import Problem

DOMAINS = Path(__file__).parents[2] / "domains"
Change = Callable[[Path], object]


@pytest.fixture
def domains(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DOMAINS, tmp_path / "domains"))


def edit(folder: Path, start: str, old: str, new: str) -> None:
    (path,) = folder.glob(f"{start}*.toml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def remove(folder: Path, start: str) -> None:
    (path,) = folder.glob(f"{start}*.toml")
    path.unlink()


def test_the_catalogue_as_it_stands(domains: Path) -> None:
    catalog = load_catalog(domains)
    assert len(catalog.domains) == 45
    assert catalog.domain("taxation").manifest.number is not None
    assert catalog.find("register") is catalog.register
    assert catalog.find("repairs") in catalog.overlays
    assert len(catalog.all) == 45 + 1 + len(catalog.overlays)
    for unknown in ("register", "nowhere"):
        with pytest.raises(Problem) as caught:
            catalog.domain(unknown)
        assert caught.value.code == "UNKNOWN_DOMAIN"


MARKET = "20_market_regulation.toml"
WRONG: dict[str, tuple[Change, str, str, str]] = {
    "missing": (lambda at: remove(at, "20_"), "20_*.toml", "number", "20"),
    "no register": (lambda at: remove(at, "register"), "register.toml", "", "登记库"),
    "no vocabulary": (lambda at: remove(at, "vocabulary"), "vocabulary.toml", "", "词表"),
    "broken vocabulary": (
        lambda at: edit(at, "vocabulary", "[yes_no]", "[yes_no"), "vocabulary.toml", "", "TOML",
    ),
    "a word with two meanings": (
        lambda at: edit(at, "vocabulary", "[yes_no]", '[yes_no]\n"1 " = false'), "vocabulary.toml", "", "两种含义",
    ),
    "another number": (lambda at: edit(at, "20_", "number = 20", "number = 19"), MARKET, "number", "19"),
    "another slug": (lambda at: edit(at, "20_", 'slug = "market', 'slug = "markets'), MARKET, "slug", "markets"),
    "a misspelt key": (lambda at: edit(at, "20_", "batch =", "bach ="), MARKET, "bach", "拼写"),
    "no number in the name": (
        lambda at: (at / MARKET).rename(at / "market_regulation.toml"), "market_regulation.toml", "number", "20",
    ),
    "another form of name": (lambda at: (at / MARKET).rename(at / "20-market.toml"), "20-market.toml", "", "NN_slug"),
    "a program": (lambda at: (at / "20_market.py").write_text("x = 1\n"), "20_market.py", "", "程序"),
    "an overlay among the domains": (
        lambda at: shutil.copy(at / "overlays" / "repairs.toml", at / "46_repairs.toml"),
        "46_repairs.toml", "role", "domain",
    ),
    "a slug used twice": (
        lambda at: edit(at / "overlays", "repairs", 'slug = "repairs"', 'slug = "taxation"'),
        "repairs.toml", "slug", "taxation",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "file", "key", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(domains: Path, change: Change, file: str, key: str, words: str) -> None:
    change(domains)
    with pytest.raises(Problem) as caught:
        load_catalog(domains)
    assert caught.value.code == "INVALID_CATALOG"
    problems = caught.value.shown["problems"]
    named = [one for one in problems if (one["file"], one["key"]) == (file, key)]
    assert named, problems
    assert any(words in one["problem"] for one in named)
    # The sentence on the terminal names them too.
    assert file in str(caught.value)
    assert problems == [one.as_json() for one in check_manifests(domains)]


def test_two_with_one_number_name_each_other(domains: Path) -> None:
    shutil.copy(next(domains.glob("19_*.toml")), domains / "19_twin.toml")
    edit(domains, "19_twin", 'slug = "', 'slug = "twin"  # "')
    problems = [one for one in check_manifests(domains) if one.key == "number"]
    assert {one.file for one in problems} == {next(DOMAINS.glob("19_*.toml")).name, "19_twin.toml"}
    assert all("19_twin.toml" in one.problem for one in problems)


def test_a_46th_manifest_is_one_too_many(domains: Path) -> None:
    text = (domains / "44_tobacco.toml").read_text(encoding="utf-8")
    text = text.replace("number = 44", "number = 46").replace('slug = "tobacco"', 'slug = "snuff"')
    (domains / "46_snuff.toml").write_text(text, encoding="utf-8")
    assert [(one.file, one.key) for one in check_manifests(domains)] == [("46_snuff.toml", "number")]


def test_rows_of_a_shared_table_are_taken_once(domains: Path) -> None:
    takers = [one for one in load_catalog(domains).domains if one.manifest.source.take]
    assert len(takers) >= 2
    first, second = takers[:2]
    assert first.manifest.source.take is not None
    assert second.manifest.source.take is not None
    own, others = second.manifest.source.take.values[0], first.manifest.source.take.values[0]
    edit(domains, second.path.name.removesuffix(".toml"), f'"{own}"', f'"{others}"')
    assert ("source.take.values", second.path.name) in [(one.key, one.file) for one in check_manifests(domains)]


def test_a_manifest_by_path_may_have_any_name(tmp_path: Path, domains: Path) -> None:
    words = load_words(domains)
    path = Path(shutil.copy(domains / "44_tobacco.toml", tmp_path / "trial.toml"))
    assert load_manifest(path, words).manifest.slug == "tobacco"
    assert check_manifests(domains, [path]) == []
    # With a number in its name it is held to it.
    numbered = Path(shutil.copy(path, tmp_path / "43_tobacco.toml"))
    assert [one.key for one in check_manifests(domains, [numbered])] == ["number"]
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("slug = 1\n", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        load_manifest(wrong, words)
    assert {"slug", "source"} <= {one["key"] for one in caught.value.shown["problems"]}


def test_references(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://u:p@h/x\n", encoding="utf-8")
    environ = {"SOME": "/data", "EMPTY": ""}
    assert resolve("env:SOME", environ, tmp_path) == "/data"
    assert resolve("env:SOME/drops/x", environ, tmp_path) == "/data/drops/x"
    assert resolve("file:secret", environ, tmp_path) == "postgresql://u:p@h/x"
    assert resolve("plain/folder", environ, tmp_path) == "plain/folder"
    for wrong, name in (("env:OTHER", "OTHER"), ("env:EMPTY", "EMPTY"), ("file:gone", "gone"), ("env:1 X", "1 X")):
        with pytest.raises(UnresolvedReference, match=name):
            resolve(wrong, environ, tmp_path)


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ({"url": "postgresql://reader:secret@db/x"}, ["source.url"]),
        ({"url": "mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BPWD%3Dsecret"}, ["source.url"]),
        ({"url": "mysql://db/x?passwd=secret"}, ["source.url"]),
        ({"folder": "https://h/x?access_token=secret"}, ["source.folder"]),
        ({"url": "env:BASE/x?token=secret"}, ["source.url"]),
        ({"password": "secret"}, ["source.password"]),
        ({"headers": {"Authorization": "Bearer x"}}, ["source.headers.Authorization"]),
        ({"headers": {"X-Api-Key": "x"}}, ["source.headers.X-Api-Key"]),
        ({"password": "env:DB_PASSWORD", "api_key": "file:key"}, []),
        ({"url": "postgresql://reader@db:5432/x", "table": "password_resets"}, []),
        ({"url": "sqlite:///pass.db"}, []),
        ({"query": "SELECT token, compass FROM t WHERE token = 'x'"}, []),
    ],
)
def test_literal_secrets_are_found_and_harmless_words_are_not(source: dict[str, object], keys: list[str]) -> None:
    raw = {"source": source, "fields": {"facts": "pass=1"}, "lookups": {"x": {"token": "a:b@c"}}}
    assert list(literal_secrets(raw)) == keys
