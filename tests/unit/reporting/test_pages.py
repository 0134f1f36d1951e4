"""The pages say what the marts say, in both languages, and nothing that they must not say."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from release_candidate import HOSTILE, MEMBER_NAMES, candidate

from reporting.pages import render_quality, render_sector
from reporting.publish import write_reports
from reporting.quality import quality_model
from reporting.sector import sector_model
from reporting.texts import LANGUAGES, Language

RENDERERS = {"quality": render_quality, "sector": render_sector}
EVERY_PAGE = [(page, language) for page in RENDERERS for language in LANGUAGES]


class Page(HTMLParser):
    """Rows of tables as texts, the order of headings, and what a reader without a screen needs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.headings: list[int] = []
        self.data: list[str] = []
        self.headers_without_scope = 0
        self.images: list[dict[str, str | None]] = []
        self.language: str | None = None
        self._cell: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang")
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self._cell = []
            self.headers_without_scope += tag == "th" and "scope" not in values
        elif tag == "data":
            self.data.append(str(values["value"]))
        elif tag == "svg":
            self.images.append(values)

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._cell is not None:
            self.rows[-1].append(" ".join(" ".join(self._cell).split()))
            self._cell = None

    def row(self, first_cell: str) -> list[str]:
        """The cells after the first of the only row that begins so."""
        found = [row[1:] for row in self.rows if row and row[0].startswith(first_cell)]
        assert len(found) == 1, f"{first_cell}: {len(found)} rows"
        return found[0]


def _page(name: str, language: Language, *changes: str) -> Page:
    return Page(RENDERERS[name](candidate(*changes), language))


def test_the_quality_page_shows_the_figures_of_the_marts() -> None:
    page = _page("quality", "en")
    # Since the release of 1 January 02:00: the partial, the refused and the repeated file.
    assert page.row("Accepted Every") == ["0", "1"]
    assert page.row("Partial") == ["1", "1"]
    assert page.row("Refused") == ["1", "1"]
    assert page.row("Seen before") == ["1", "1"]
    # read = accepted + quarantined + dropped
    assert page.data[:4] == ["1545", "1530", "3", "12"]
    assert page.row("Energy bills") == ["2", "1,545", "1,530", "3", "12"]
    # Row 7 was refused for two cells: it is one row.
    assert page.row("NUMBER_ UNREADABLE") == ["2", "1", "Not a number."]
    assert page.row("MEMBER_ UNKNOWN") == ["1", "1", "Unknown ICE."]
    assert page.row("Batches received") == ["1", "1", "1"]
    assert page.row("Models") == ["1", "0", "0"]
    assert page.row("landed. energy_bills. price_plausible") == ["critical", "1", "failed=1"]
    assert page.row("Days without a bill") == ["warning", "2", "1", "1"]
    assert page.row("Factor of a thousand") == ["error", "1", "1", "0"]
    assert page.row(MEMBER_NAMES[2]) == ["m3", "Agri-food"]
    assert page.row("Cement") == ["2024", "1 of 2", "75.0%"]
    assert page.row("Textiles") == ["2024", "0 of 1", "0.0%"]
    assert page.row("grid.ma.2023") == ["1,000", "25.0%"]


def test_the_quality_page_speaks_french_with_french_numbers() -> None:
    page = _page("quality", "fr")
    assert page.language == "fr"
    assert page.row("Factures d'énergie") == ["2", "1 545", "1 530", "3", "12"]
    assert page.row("NUMBER_ UNREADABLE") == ["2", "1", "Pas un nombre."]
    assert page.row("grid.ma.2023") == ["1 000", "25,0 %"]
    html = render_quality(candidate(), "fr")
    assert "2 janvier 2026, 02:00 UTC" in html
    assert "(1er janvier 2026, 02:00 UTC)" in html


def test_checks_of_earlier_runs_members_who_left_and_unused_factors_are_absent() -> None:
    html = render_quality(candidate(), "en")
    for absent in ("landed.energy_bills.old", "Partie depuis longtemps", "unused"):
        assert absent not in html.replace("<wbr>", "")


def test_a_broken_equation_is_said_for_the_page_and_the_feed() -> None:
    assert "equation fails" not in render_quality(candidate(), "en")
    html = render_quality(candidate("update marts.ops_files set rows_dropped = 9 where file_sha256 = 'a1'"), "en")
    assert "The equation fails for at least one file." in html
    assert "Energy bills equation fails" in [row[0] for row in Page(html).rows]


def test_two_wrong_files_do_not_balance_each_other() -> None:
    quality = quality_model(
        candidate(
            "update marts.ops_files set rows_dropped = 9 where name = 'bills.csv'",
            "update marts.ops_files set rows_dropped = 3 where name = 'bills2.xlsx'",
        )
    )
    total = quality.total
    assert total.rows_read == total.rows_accepted + total.rows_quarantined + total.rows_dropped
    assert not total.is_balanced


def test_the_sector_page_shows_released_figures_exactly() -> None:
    page = _page("sector", "en")
    exact = [Decimal(text) for text in page.data]
    cells = sector_model(candidate()).cells
    assert sorted(exact) == sorted(cell.value for cell in cells if cell.value is not None)
    cement = [row[1:] for row in page.rows if row[0] == "Cement"]
    assert cement[0] == [
        "1,234,568 contributors: 5-9 coverage: 87.5%",
        "1,300,000 contributors: 5-9 coverage: 100.0%",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_suppressed_cells_show_a_mark_and_no_number(language: Language) -> None:
    steel = {"fr": "Acier et aluminium", "en": "Steel and aluminium"}[language]
    html = render_sector(candidate(), language)
    rows = [row[1:] for row in Page(html).rows if row[0] == steel]
    assert rows == [["c", "c"], ["n", "n"], ["n", "n"]]  # scope 1, scope 2, exports
    alt = next(image["aria-label"] for image in Page(html).images if str(image["aria-label"]).startswith(steel))
    words = re.sub("scope [12]|CO2", "", str(alt))
    assert re.findall(r"\d+", words) == ["2023", "2023", "2024", "2024"]


def test_a_value_beside_a_mark_stops_the_page() -> None:
    leak = "update marts.rpt_sector_years set value = 5 where status = 'c'"
    with pytest.raises(ValueError, match="2 cells carry a value"):
        render_sector(candidate(leak), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sector_page_names_no_member_and_does_not_link_to_internal_pages(language: Language) -> None:
    html = render_sector(candidate(), language)
    for name in (*MEMBER_NAMES, "m1", "quality."):
        assert name not in html


def test_the_sector_page_compares_exports_with_the_country_and_warns_of_provisional_factors() -> None:
    html = render_sector(candidate(), "en")
    assert "2024: 10.0% of MAD 50 million" in html  # 5 of 40 + 10; imports do not count
    assert "Provisional figures" in html
    assert "grid.ma.2023" in html
    approved = render_sector(
        candidate("update marts.dim_factors set status = 'approved'", "delete from marts.ref_national_exports"), "en"
    )
    assert "All factors in use in this release are approved" in approved
    assert "National exports of the same years are not in this release" in approved


@pytest.mark.parametrize(("name", "language"), EVERY_PAGE)
def test_pages_hold_no_foreign_address(name: str, language: Language) -> None:
    html = RENDERERS[name](candidate(), language)
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"'<>)]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<script" not in html
    assert "@import" not in html


@pytest.mark.parametrize(("name", "language"), EVERY_PAGE)
def test_pages_can_be_read_without_a_screen(name: str, language: Language) -> None:
    page = _page(name, language)
    assert page.language == language
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))
    assert page.headers_without_scope == 0
    assert page.images
    assert all(image["role"] == "img" and image["aria-label"] for image in page.images)


def test_a_hostile_file_name_is_text_on_the_page() -> None:
    html = render_quality(candidate(), "en")
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;.csv" in html
    assert HOSTILE not in html


def test_hostile_names_inside_charts_are_text_too() -> None:
    hostile = "<script>alert(1)</script>\"'"
    quoted = hostile.replace("'", "''")
    quality = render_quality(candidate(f"update marts.ops_quarantine set reason_code = '{quoted}'"), "en")
    sector = render_sector(candidate(f"update marts.rpt_sector_years set sector = '{quoted}' where year = 2023"), "en")
    for html in (quality, sector):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(("name", "language"), EVERY_PAGE)
def test_an_empty_house_has_pages_too(name: str, language: Language) -> None:
    tables = "ops_files ops_quarantine ops_checks rpt_findings dim_members dim_factors fct_energy_use fct_emissions"
    more = "rpt_member_months rpt_sector_years ref_national_exports"
    html = RENDERERS[name](candidate(*(f"delete from marts.{table}" for table in f"{tables} {more}".split())), language)
    assert "<h1>" in html


def test_without_a_release_there_is_nothing_to_report() -> None:
    with pytest.raises(LookupError, match="ops_releases"):
        render_quality(candidate("delete from marts.ops_releases"), "en")


def test_write_reports_writes_five_pages_that_link_to_each_other(tmp_path: Path) -> None:
    written = write_reports(candidate(), tmp_path / "reports")
    assert [path.name for path in written] == [
        "index.html",
        "quality.en.html",
        "quality.fr.html",
        "sector.en.html",
        "sector.fr.html",
    ]
    for path in written:
        for target in re.findall(r'href="([^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists()


def test_the_same_candidate_gives_the_same_bytes() -> None:
    assert render_sector(candidate(), "fr") == render_sector(candidate(), "fr")
