"""A made-up association of exporters: forty members and three years of what they would send, dirt included.

It exists to try Mizan, to show it and to test it. Towns, codes, tax rates and dates of law are real; members, plants,
figures and file names are made up, and every company's identifier begins with 9999, which no real one does. What is
made follows from the seed alone. Reading the files is the business of the other modules of ingestion.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingestion.sample.association import make_association
from ingestion.sample.dirt import soil
from ingestion.sample.documents import (
    Document,
    energy_documents,
    export_documents,
    process_documents,
    production_documents,
    register_documents,
    rendered,
)
from ingestion.sample.energy import energy_rows
from ingestion.sample.exports import export_rows
from ingestion.sample.production import make_output, process_rows, production_rows
from ingestion.sample.soiling import Dirt

NOTICE_NAME = "SAMPLE.txt"
NOTICE = """\
DONNÉES FICTIVES
Tout ce qui se trouve sous landing/ est inventé : entreprises, usines, factures, productions, déclarations en douane,
dossiers de certification. Les identifiants (ICE) commencent par 9999, ce qu'aucune entreprise réelle ne porte. Les
villes, les codes tarifaires et les taux de TVA sont réels. Certains fichiers contiennent des erreurs faites exprès.

MADE-UP DATA
Everything under landing/ is invented: companies, plants, bills, production, customs declarations, certification cases.
The identifiers (ICE) begin with 9999, which no real company has. Towns, tariff codes and VAT rates are real. Some
files hold errors made on purpose.

Graine / seed: {seed}
"""


class SampleFolderNotEmpty(RuntimeError):
    """The folder already holds files that were sent: made-up ones are never mixed with them."""


@dataclass(frozen=True)
class SampleSummary:
    """What was made: where, how much of each, and every piece of dirt."""

    folder: Path
    seed: int
    members: int
    sites: int
    meters: int
    products: int
    files: int
    rows_by_feed: dict[str, int]
    dirt: list[Dirt]


def make_sample(folder: Path, seed: int = 2026) -> SampleSummary:
    """Write the sample association of this seed to `folder/landing/<feed>/`, and a notice that it is made up.

    Raises `SampleFolderNotEmpty` when the landing folder holds anything but empty folders.
    """
    landing = folder / "landing"
    if landing.exists() and any(path.is_file() for path in landing.rglob("*")):
        raise SampleFolderNotEmpty(
            f"{landing} already holds files. A sample is made in a folder of its own: name a new or empty one."
        )
    association = make_association(seed)
    output = make_output(association, seed)
    documents: list[Document] = [
        *register_documents(association, seed),
        *energy_documents(association, energy_rows(association, output, seed)),
        *production_documents(association, production_rows(association, output, seed)),
        *process_documents(association, process_rows(association, output, seed)),
        *export_documents(association, export_rows(association, output, seed)),
    ]
    dirt = soil(documents)
    rows_by_feed: dict[str, int] = {}
    for document in documents:
        path = landing / document.feed / document.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendered(document))
        rows_by_feed[document.feed] = rows_by_feed.get(document.feed, 0) + len(document.rows)
    (folder / NOTICE_NAME).write_bytes(NOTICE.format(seed=seed).encode("utf-8"))
    return SampleSummary(
        folder=folder,
        seed=seed,
        members=len(association.members),
        sites=len(association.sites),
        meters=sum(supply.meter_id is not None for supply in association.supplies),
        products=len(association.products),
        files=len(documents),
        rows_by_feed=rows_by_feed,
        dirt=dirt,
    )
