"""Charts as inline SVG, drawn without a browser or network. Figures come from a model; the words come from the caller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Literal

import altair
import vl_convert
from markupsafe import Markup

from reporting.texts import Language

FORMAT_LOCALES: dict[Language, Literal["fr-FR", "en-US"]] = {"fr": "fr-FR", "en": "en-US"}
INK, GRID = "#22302b", "#dfe5e1"
# Told apart by lightness too, for readers who do not see the hues and for print.
COLOURS = ("#9a3d0b", "#4f93c4")


@dataclass(frozen=True)
class Bar:
    """One bar of a horizontal bar chart."""

    label: str
    value: int


@dataclass(frozen=True)
class YearBar:
    """One bar of a chart by year: a value, or the mark of a value that is not released."""

    year: int
    series: str
    value: Decimal | None
    mark: str


def horizontal_bars(bars: Sequence[Bar], unit: str, language: Language, alt: str) -> Markup:
    """Bars with their values written beside them, longest names included, for a few dozen bars at most."""
    data = altair.Data(values=[{"label": bar.label, "value": bar.value} for bar in bars])
    base = altair.Chart(data).encode(
        y=altair.Y(
            "label:N",
            sort=None,
            title=None,
            axis=altair.Axis(labelLimit=210, labelPadding=6, ticks=False, domain=False),
        ),
        x=altair.X("value:Q", title=unit, axis=altair.Axis(tickMinStep=1, tickCount=4, format=",.0f")),
    )
    values = base.mark_text(align="left", dx=4, color=INK).encode(text=altair.Text("value:Q", format=",.0f"))
    chart = (base.mark_bar(color=COLOURS[1], height={"band": 0.72}) + values).properties(width=210, height={"step": 24})
    return _svg(chart, language, alt)


def bars_by_year(bars: Sequence[YearBar], series: Sequence[str], unit: str, language: Language, alt: str) -> Markup:
    """Two or more bars per year side by side; a value that is not released leaves its place empty but for its mark."""
    # A float is exact enough for the height of a bar; the table beside it carries the figure itself.
    heights = [float(bar.value or 0) for bar in bars]
    values = [
        {"year": str(bar.year), "series": bar.series, "value": height, "mark": bar.mark}
        for bar, height in zip(bars, heights, strict=True)
    ]
    base = altair.Chart(altair.Data(values=values)).encode(
        x=altair.X("year:N", title=None, axis=altair.Axis(labelAngle=0, ticks=False)),
        xOffset=altair.XOffset("series:N", sort=list(series)),
    )
    highest = max(heights, default=0.0)
    # Without any released value there is no scale to show, only the marks on the ground line.
    ticks: dict[str, Any] = {"tickCount": 4} if highest else {"values": [0]}
    columns = base.mark_bar().encode(
        y=altair.Y(
            "value:Q",
            title=unit,
            axis=altair.Axis(format=",.0f", **ticks),
            scale=altair.Scale(domain=[0, highest or 1], nice=bool(highest)),
        ),
        color=altair.Color(
            "series:N", scale=altair.Scale(domain=list(series), range=list(COLOURS[: len(series)])), legend=None
        ),
    )
    marks = base.mark_text(dy=-6, color=INK).encode(y=altair.Y("value:Q"), text="mark:N")
    return _svg((columns + marks).properties(width=230, height=150), language, alt)


def _svg(chart: Any, language: Language, alt: str) -> Markup:
    """The chart as one image with an alternative text; assistive technology does not read its parts."""
    styled = (
        chart.configure(font="sans-serif", background="transparent", aria=False)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            gridColor=GRID,
            domainColor=GRID,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_view(stroke=None)
        .configure_text(fontSize=12)
    )
    svg = vl_convert.vegalite_to_svg(styled.to_dict(), format_locale=FORMAT_LOCALES[language])
    opening = re.match(r"<svg ([^>]*)>", svg)
    if opening is None:
        raise ValueError("the chart is not an SVG image")
    size = " ".join(re.findall(r'(?:viewBox|width|xmlns)="[^"]*"', opening[1]))
    return Markup(f'<svg {size} role="img" aria-label="{escape(alt)}">{svg[opening.end() :]}')  # noqa: S704 -- escaped
