"""Models to static HTML pages: one template per page, French and English, no URL of another host.

Templates escape all that comes from files and registers. Only charts, whose words are escaped where they are drawn, and the
style sheet go in as they are.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reporting import formats
from reporting.charts import Bar, YearBar, bars_by_year, horizontal_bars
from reporting.quality import Quality, quality_model
from reporting.release import Query
from reporting.sector import CHARTED, Sectors, sector_model
from reporting.texts import LANGUAGES, Language, Texts

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
KG_PER_T = 1000


def render_quality(query: Query, language: Language) -> str:
    """The quality page of the release candidate, for the association's own eyes."""
    return quality_page(quality_model(query), language)


def render_sector(query: Query, language: Language) -> str:
    """The sector page of the release candidate, safe to publish."""
    return sector_page(sector_model(query), language)


def quality_page(quality: Quality, language: Language) -> str:
    """The quality model as a page."""
    texts = Texts(language, "common", "quality")
    chart = horizontal_bars(
        [Bar(reason.reason_code, reason.rows) for reason in quality.reasons],
        unit=texts("reasons.chart_unit"),
        language=language,
        alt=texts(
            "reasons.chart_alt",
            bars=", ".join(
                f"{reason.reason_code} {formats.number(reason.rows, language)}" for reason in quality.reasons
            ),
        ),
    )
    return _render("quality", language, texts, quality=quality, chart=chart if quality.reasons else None)


def sector_page(sectors: Sectors, language: Language) -> str:
    """The sector model as a page."""
    texts = Texts(language, "common", "sector")
    names = sorted(sectors.sectors, key=lambda sector: texts.name("sector", sector))
    charts = [(sector, _sector_chart(sectors, sector, language, texts)) for sector in names]
    return _render("sector", language, texts, sectors=sectors, names=names, charts=charts, in_tonnes=in_tonnes)


def index_page() -> str:
    """The page that leads to the others, in both languages at once."""
    both = {language: Texts(language, "common", "index") for language in LANGUAGES}
    return _render("index", "fr", both["fr"], both=both)


def in_tonnes(unit: str, value: Decimal | None) -> tuple[str, Decimal | None]:
    """The unit and value that readers expect: masses of gas and goods in tonnes, the rest as it is."""
    if unit in ("kgco2e", "kg"):
        return unit.replace("kg", "t", 1), None if value is None else value / KG_PER_T
    return unit, value


def _sector_chart(sectors: Sectors, sector: str, language: Language, texts: Texts) -> Markup:
    series = [texts(f"indicator.{indicator}.short") for indicator in CHARTED]
    bars, spoken = [], []
    for year in sectors.years:
        for indicator, name in zip(CHARTED, series, strict=True):
            cell = sectors.cell(sector, indicator, year)
            value = None if cell is None or cell.value is None else cell.value / KG_PER_T
            mark = "" if value is not None else ("n" if cell is None else cell.status)
            bars.append(YearBar(year, name, value, mark))
            shown = mark if value is None else formats.number(value, language)
            spoken.append(f"{year} {name} {shown}")
    alt = texts("chart.alt", sector=texts.name("sector", sector), bars=", ".join(spoken))
    return bars_by_year(bars, series, texts("unit.tco2e"), language, alt)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(page: str, language: Language, texts: Texts, **values: object) -> str:
    return (
        _environment()
        .get_template(f"{page}.html")
        .render(
            page=page,
            language=language,
            other_language="en" if language == "fr" else "fr",
            t=texts,
            number=partial(formats.number, language=language),
            percent=partial(formats.percent, language=language),
            moment=partial(formats.moment, language=language),
            style=Markup((TEMPLATES_FOLDER / "style.css").read_text(encoding="utf-8")),  # noqa: S704 -- our own file
            **values,
        )
    )
