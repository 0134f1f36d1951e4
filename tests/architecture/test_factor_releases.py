"""The factor library is append-only: what a release brought is never edited, and every factor row came with a release."""

from __future__ import annotations

import pytest

from tests.architecture.factor_library import LIBRARY, content_hash, rows_of

RELEASES = rows_of("factor_releases")


@pytest.mark.parametrize("release", RELEASES, ids=lambda row: row["factor_release"])
def test_released_rows_are_as_they_were(release: dict[str, str]) -> None:
    found = content_hash(release["factor_release"])
    assert release["content_hash"] == found, (
        f"rows of release {release['factor_release']} were edited: add a row of a new release instead; "
        f"only a release that no reporting year was computed with may take the new hash {found}"
    )


@pytest.mark.parametrize("seed", LIBRARY)
def test_every_row_came_with_a_release(seed: str) -> None:
    known = {release["factor_release"] for release in RELEASES}
    assert {row["added_in"] for row in rows_of(seed)} <= known


def test_pins_are_a_log_of_known_releases() -> None:
    pins = rows_of("factor_release_pins")
    assert [int(pin["sequence"]) for pin in pins] == list(range(1, len(pins) + 1))
    assert {pin["factor_release"] for pin in pins} <= {release["factor_release"] for release in RELEASES}
    assert any(not pin["reporting_year"] for pin in pins)
