"""Releases: immutable folders of marts, published by one atomic rename.

A candidate is written beside the build, receives its reports, is sealed with checksums, renamed into `releases/` and
entered in the ledger; only then does `latest` point to it. What may be published is decided by the caller. Old releases
stay: they are the history.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import checks
from warehouse.database import connect, identifier, literal, rows
from warehouse.datapackage import datapackage
from warehouse.dictionary import Mart, load_manifest, manifest_hash, published_marts
from warehouse.home import Home, file_sha256
from warehouse.ledger import Ledger

# A published file must open in DuckDB 1.4 and later, whatever version wrote it.
STORAGE_VERSION = "v1.2.0"

CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Candidate:
    """A release in the making: its folder, and what `release.json` will say."""

    folder: Path
    facts: dict[str, Any]

    @property
    def database(self) -> Path:
        """The DuckDB file of the candidate."""
        return self.folder / "mizan.duckdb"


def content_hash(connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str]) -> str:
    r"""SHA-256 of the rows of a relation as a sorted set of texts: equal content gives an equal hash, in any order.

    Null is written \\N; a backslash or a column separator inside a text is escaped, so that no two rows look alike.
    """
    texts = ", ".join(
        f"coalesce(replace(replace(cast({identifier(c)} as varchar), '\\', '\\\\'), '|', '\\|'), '\\N')"
        for c in columns
    )
    digest = connection.execute(
        f"select sha256(coalesce(string_agg(line, chr(10) order by line), '')) "
        f"from (select sha256(concat_ws('|', {texts})) as line from {relation})"
    ).fetchone()
    assert digest is not None  # noqa: S101 -- an aggregate without grouping always gives one row
    return str(digest[0])


def build_candidate(home: Home, ledger: Ledger, manifest_path: Path, run_id: str, code_version: str) -> Candidate:
    """Write the marts of the finished build, the operations tables and the data dictionary into a new candidate."""
    manifest = load_manifest(manifest_path)
    marts = published_marts(manifest)
    published_at = datetime.now(UTC)
    folder = home.build / "candidate"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "marts").mkdir(parents=True)

    with connect(home.build_database, read_only=True) as build:
        for mart in marts:
            if mart.is_built_by_dbt:
                _export(build, f"marts.{identifier(mart.name)}", folder / "marts" / f"{mart.name}.parquet")
        _export_check_results(build, home, folder / "marts" / "ops_checks.parquet")
        contents = [_content(build, folder, mart) for mart in marts if mart.name != "ops_releases"]
        facts: dict[str, Any] = {
            "release_id": _release_id(published_at, contents),
            "published_at": published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "run_id": run_id,
            "code_version": code_version,
            "dbt_manifest_hash": manifest_hash(manifest),
            "ledger_head": ledger.head_of_inputs(),
            "marts": contents,
            "checks": _check_counts(home, run_id),
            "factor_editions": _factor_editions(build),
            "scheme_versions": _scheme_versions(build),
        }
        _export_releases(build, ledger, facts, folder / "marts" / "ops_releases.parquet")
    _write_database(folder, marts)
    with connect(folder / "mizan.duckdb", read_only=True) as connection:
        package = datapackage(connection, marts, facts)
    _write_json(folder / "datapackage.json", package)
    return Candidate(folder, facts)


def publish(home: Home, ledger: Ledger, candidate: Candidate) -> Path:
    """Seal the candidate, move it among the releases, enter it in the ledger and let `latest` point to it."""
    _write_json(candidate.folder / "release.json", candidate.facts)
    _write_checksums(candidate.folder)
    release = home.releases / candidate.facts["release_id"]
    home.releases.mkdir(parents=True, exist_ok=True)
    candidate.folder.rename(release)
    keys = ("release_id", "published_at", "code_version", "ledger_head", "marts")
    ledger.append(
        [
            {
                "kind": "release",
                **{key: candidate.facts[key] for key in keys},
                "checksums_sha256": file_sha256(release / CHECKSUMS),
            }
        ]
    )
    _point_latest_to(home, release.name)
    return release


def latest_release(home: Home) -> dict[str, Any] | None:
    """What `release.json` of the latest release says, or None before the first publication."""
    file = home.latest_release / "release.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


class NoSuchRelease(LookupError):
    """No release has this identifier, or none was published by then."""


def release_named(home: Home, release_id: str) -> Path:
    """The folder of a release, which is never edited; raises `NoSuchRelease`."""
    if not any(entry["release_id"] == release_id for entry in Ledger(home.ledger).of_kind("release")):
        raise NoSuchRelease(f"{home.releases} holds no release {release_id}; see: mizan releases --home {home.root}")
    return home.releases / release_id


def release_as_known_at(home: Home, moment: datetime) -> Path:
    """The folder of the release that was the latest at a moment (UTC); raises `NoSuchRelease`."""
    published = [
        entry["release_id"]
        for entry in Ledger(home.ledger).of_kind("release")
        if datetime.fromisoformat(entry["published_at"]) <= moment
    ]
    if not published:
        raise NoSuchRelease(f"nothing was published by {moment.isoformat()}; see: mizan releases --home {home.root}")
    return home.releases / published[-1]


def is_current(home: Home, ledger: Ledger, code_version: str) -> bool:
    """Whether the latest release was made from the files that the ledger holds now, by this version of the code."""
    latest = latest_release(home)
    return (
        latest is not None
        and latest["ledger_head"] == ledger.head_of_inputs()
        and latest["code_version"] == code_version
    )


def recover(home: Home, ledger: Ledger) -> None:
    """Finish or undo a publication that a crash cut in two.

    Afterwards only releases that the ledger names exist, and `latest` points to the last of them.
    """
    known = [entry["release_id"] for entry in ledger.of_kind("release")]
    for folder in home.releases.glob("*"):
        if folder.is_dir() and not folder.is_symlink() and folder.name not in known:
            shutil.rmtree(folder)
    if known and (home.releases / known[-1]).is_dir():
        _point_latest_to(home, known[-1])


def _point_latest_to(home: Home, release_id: str) -> None:
    if home.latest_release.is_symlink() and home.latest_release.readlink() == Path(release_id):
        return
    temporary = home.releases / f".latest.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release_id)
    temporary.replace(home.latest_release)


def _export(connection: duckdb.DuckDBPyConnection, relation: str, file: Path) -> None:
    connection.execute(
        f"copy (select * from {relation} order by all) to {literal(file)} (format parquet, compression zstd)"
    )


def _export_check_results(connection: duckdb.DuckDBPyConnection, home: Home, file: Path) -> None:
    results = ", ".join(literal(path) for path in checks.result_files(home))
    _export(connection, f"read_parquet([{results}])", file)


def _export_releases(connection: duckdb.DuckDBPyConnection, ledger: Ledger, facts: dict[str, Any], file: Path) -> None:
    """One row per release and mart, from the ledger and from the release that is being made."""
    connection.execute(
        "create or replace temporary table _releases (release_id varchar, published_at timestamp, "
        "code_version varchar, ledger_head varchar, mart varchar, rows bigint, content_hash varchar)"
    )
    for release in [*ledger.of_kind("release"), facts]:
        moment = datetime.fromisoformat(release["published_at"]).replace(tzinfo=None)
        common = [release["release_id"], moment, release["code_version"], release["ledger_head"]]
        connection.executemany(
            "insert into _releases values (?, ?, ?, ?, ?, ?, ?)",
            [[*common, mart["mart"], mart["rows"], mart["content_hash"]] for mart in release["marts"]],
        )
    _export(connection, "_releases", file)


def _content(connection: duckdb.DuckDBPyConnection, folder: Path, mart: Mart) -> dict[str, Any]:
    """Row count and content hash of an exported mart; the dictionary must name exactly its columns."""
    relation = f"read_parquet({literal(folder / 'marts' / f'{mart.name}.parquet')})"
    names = [row[0] for row in connection.execute(f"describe select * from {relation}").fetchall()]
    described = [column.name for column in mart.columns]
    if names != described:
        raise ValueError(f"{mart.name}: the data dictionary describes {described}, the table has {names}")
    count = connection.execute(f"select count(*) from {relation}").fetchone()
    assert count is not None  # noqa: S101 -- as above
    stable = [column.name for column in mart.columns if not column.is_volatile]
    return {"mart": mart.name, "rows": count[0], "content_hash": content_hash(connection, relation, stable)}


def _release_id(published_at: datetime, contents: list[dict[str, Any]]) -> str:
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()
    return f"{published_at:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def _check_counts(home: Home, run_id: str) -> dict[str, int]:
    results = [r for border in ("landed", "models", "marts") for r in checks.results_of_run(home, run_id, border)]
    passed = sum(result.passed for result in results)
    return {"passed": passed, "failed": len(results) - passed}


def _factor_editions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The sources and editions of the factors that the emission facts of this release use."""
    return rows(
        connection,
        "select distinct factors.source_title, cast(factors.source_year as varchar) as edition, factors.status "
        "from marts.dim_factors as factors "
        "where factors.factor_id in (select emissions.factor_id from marts.fct_emissions as emissions) order by all",
    )


def _scheme_versions(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = rows(connection, "select distinct scheme_version from marts.fct_certification_assessments order by all")
    return [str(row["scheme_version"]) for row in found]


def _write_database(folder: Path, marts: list[Mart]) -> None:
    """The same tables as one DuckDB file, with the dictionary as comments."""
    with connect(Path(":memory:"), read_only=False) as connection:
        connection.execute(
            f"attach {literal(folder / 'mizan.duckdb')} as release (storage_version {literal(STORAGE_VERSION)})"
        )
        connection.execute("create schema release.marts")
        for mart in marts:
            table = f"release.marts.{identifier(mart.name)}"
            source = literal(folder / "marts" / f"{mart.name}.parquet")
            connection.execute(f"create table {table} as select * from read_parquet({source})")
            connection.execute(f"comment on table {table} is {literal(mart.description)}")
            for column in mart.columns:
                connection.execute(
                    f"comment on column {table}.{identifier(column.name)} is {literal(column.description)}"
                )
        connection.execute("detach release")


def _write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _write_checksums(folder: Path) -> None:
    lines = [
        f"{file_sha256(file)}  {file.relative_to(folder).as_posix()}\n"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != CHECKSUMS
    ]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
