"""Small valid files of every reader, damage done to them from a seed, and what is allowed to become of the damaged file."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from bill_files import MEMBER, attempt, bill, csv_bytes, read
from binary_workbooks import ods_bytes, xls_bytes, xlsb_bytes, zipped
from fpdf import FPDF
from invoice_files import SYNTAXES, Bill, Item
from pdf_files import LYDEC_2024, pdf_bytes
from workbook_files import workbook_bytes

from ingestion.feeds import load_feeds
from ingestion.landing import ingest_feed
from ingestion.reasons import load_reasons
from warehouse.home import Home
from warehouse.ledger import Ledger

BILLS = [bill(bill_no=f"F{number}", quantity=f"{number}.25") for number in range(1, 6)]
ROWS = [list(BILLS[0]), *([value or None for value in row.values()] for row in BILLS)]
INVOICE = Bill([Item("Consommation d'électricité", "450", "KWH", "450.00"), Item("TVA", "", "", "90.00")])
ATOM = "http://www.w3.org/2005/Atom"
ENEDIS = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0"
OIOUBL = "urn:oasis:names:specification:ubl:schema:xsd"

GREEN_BUTTON = f"""<?xml version="1.0"?><feed xmlns="{ATOM}"><id>1</id><updated>2025-06-02T08:00:00Z</updated>
<entry><link rel="self" href="/RetailCustomer/7/UsagePoint/1"/>
<link rel="related" href="/L/1"/><link rel="related" href="/RetailCustomer/7/UsagePoint/1/MeterReading"/>
<content>
<UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint></content></entry>
<entry><link rel="self" href="/L/1"/><content><LocalTimeParameters xmlns="http://naesb.org/espi"><dstEndRule>B40E2000</dstEndRule>
<dstOffset>3600</dstOffset><dstStartRule>360E2000</dstStartRule><tzOffset>0</tzOffset></LocalTimeParameters></content></entry>
<entry><link rel="self" href="/RetailCustomer/7/UsagePoint/1/MeterReading/1"/>
<link rel="up" href="/RetailCustomer/7/UsagePoint/1/MeterReading"/>
<link rel="related" href="/RetailCustomer/7/UsagePoint/1/MeterReading/1/IntervalBlock"/><link rel="related" href="/R/1"/>
<content><MeterReading xmlns="http://naesb.org/espi"/></content></entry>
<entry><link rel="self" href="/R/1"/><content><ReadingType xmlns="http://naesb.org/espi"><accumulationBehaviour>4</accumulationBehaviour>
<flowDirection>1</flowDirection><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType></content></entry>
<entry><link rel="self" href="/RetailCustomer/7/UsagePoint/1/MeterReading/1/IntervalBlock/1"/>
<link rel="up" href="/RetailCustomer/7/UsagePoint/1/MeterReading/1/IntervalBlock"/>
<content><IntervalBlock xmlns="http://naesb.org/espi">{
    "".join(
        f"<IntervalReading><timePeriod><duration>3600</duration><start>{1746057600 + 3600 * hour}</start></timePeriod>"
        f"<value>{100 + hour}</value></IntervalReading>"
        for hour in range(6)
    )
}</IntervalBlock></content></entry></feed>"""
MSCONS = (
    "UNA:+.? 'UNB+UNOC:3+4012345678901:14+4012345678901:14+250602:1200+ABC'UNH+1+MSCONS:D:04B:UN:2.4c'BGM+7+MSI1+9'"
    "DTM+137:202506021200?+00:303'NAD+MS+9920455302123::9'NAD+MR+4012345678901::9'UNS+D'NAD+DP'LOC+172+MA000106'LIN+1'"
    "PIA+5+1-1?:1.29.0:SRW'QTY+220:1.5:KWH'DTM+163:202505010000?+01:303'DTM+164:202505010015?+01:303'QTY+220:2:KWH'"
    "DTM+163:202505010015?+01:303'DTM+164:202505010030?+01:303'UNT+17+1'UNZ+1+ABC'"
)
DETAILED = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<n:consulterMesuresDetailleesResponse xmlns:n="{ENEDIS}"><pointId>30001610071843</pointId>
<periode><dateDebut>2025-03-01</dateDebut><dateFin>2025-03-03</dateFin></periode><grandeur><grandeurMetier>CONS</grandeurMetier>
<grandeurPhysique>EA</grandeurPhysique><unite>Wh</unite><points><v>1200</v><d>2025-03-01</d></points><points><v>1300</v>
<d>2025-03-02</d></points></grandeur></n:consulterMesuresDetailleesResponse></s:Body></s:Envelope>"""
STATEMENT = f"""<UtilityStatement xmlns="{OIOUBL}:UtilityStatement-2" xmlns:cac="{OIOUBL}:CommonAggregateComponents-2"
 xmlns:cbc="{OIOUBL}:CommonBasicComponents-2"><cbc:ID>S-1</cbc:ID><cbc:IssueDate>2025-04-05</cbc:IssueDate>
<cac:SenderParty><cac:PartyName><cbc:Name>Elselskab</cbc:Name></cac:PartyName></cac:SenderParty>
<cac:SubscriberConsumption><cac:UtilityConsumptionPoint><cbc:ID>5713131</cbc:ID><cac:UtilityMeter>
<cbc:MeterNumber>M-1</cbc:MeterNumber><cac:MeterReading><cbc:MeterReadingType>Electricity</cbc:MeterReadingType>
<cbc:PreviousMeterReadingDate>2024-12-31</cbc:PreviousMeterReadingDate>
<cbc:PreviousMeterQuantity unitCode="KWH">122604</cbc:PreviousMeterQuantity>
<cbc:LatestMeterReadingDate>2025-03-31</cbc:LatestMeterReadingDate>
<cbc:LatestMeterQuantity unitCode="KWH">128365</cbc:LatestMeterQuantity>
<cbc:LatestMeterReadingMethod>actual</cbc:LatestMeterReadingMethod></cac:MeterReading></cac:UtilityMeter>
</cac:UtilityConsumptionPoint></cac:SubscriberConsumption></UtilityStatement>"""
DUM = f"""<?xml version="1.0" encoding="UTF-8"?><message><numeroMessage>77</numeroMessage>
<dateMessage>2025-03-14T09:30:00</dateMessage><fonction>2</fonction><declaration><bureau>300</bureau><regime>010</regime>
<annee>2025</annee><serie>0012345</serie><exportateur><ICE>{MEMBER}</ICE></exportateur><paysDestination>FR</paysDestination>
<incoterm>FOB</incoterm><articles><article><numeroArticle>1</numeroArticle><codeNGP>0702000000</codeNGP><poidsNet>1000.5</poidsNet>
<poidsBrut>1100</poidsBrut><valeurFOB>15000.25</valeurFOB></article></articles></declaration></message>"""


@dataclass(frozen=True)
class Seed:
    """A valid file: how it is made, how it is called, which feed it is of, and what one reading of it costs."""

    make: Callable[[], bytes]
    name: str
    feed: str = "energy_bills"
    is_slow: bool = False


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(BILLS), buffer)
    return buffer.getvalue()


def _lines(opening: str, between: str, closing: str) -> bytes:
    records = ("{" + ", ".join(f'"{name}": "{value}"' for name, value in row.items()) + "}" for row in BILLS)
    return (opening + between.join(records) + closing).encode()


def _carrying() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    document.multi_cell(0, 6, "Facture\nTotal TTC 648,00 DH")
    document.embed_file(bytes=SYNTAXES["cii"](INVOICE), basename="factur-x.xml", mime_type="text/xml")
    return bytes(document.output())


SEEDS: dict[str, Seed] = {
    "csv": Seed(lambda: csv_bytes([row | {"supplier": 'Régie "Sud", Agadir'} for row in BILLS]), "bills.csv"),
    "utf16": Seed(lambda: csv_bytes(BILLS, "\t", "utf-16"), "bills.txt"),
    "xlsx": Seed(lambda: workbook_bytes(BILLS), "bills.xlsx"),
    "xlsb": Seed(lambda: xlsb_bytes(ROWS), "bills.xlsb"),
    "xls": Seed(lambda: xls_bytes(ROWS), "bills.xls"),
    "ods": Seed(lambda: ods_bytes(ROWS), "bills.ods"),
    "parquet": Seed(_parquet, "bills.parquet"),
    "json_lines": Seed(lambda: _lines("", "\n", "\n"), "bills.jsonl"),
    "json": Seed(lambda: _lines('{"count": 5, "data": [', ", ", "]}"), "bills.json"),
    "zip": Seed(lambda: zipped({"a.csv": csv_bytes(BILLS), "b.xlsx": workbook_bytes(BILLS)}), "bills.zip"),
    "ubl": Seed(lambda: SYNTAXES["ubl"](INVOICE), "facture.xml"),
    "cii": Seed(lambda: SYNTAXES["cii"](INVOICE), "facture.xml"),
    "oioubl": Seed(STATEMENT.encode, f"{MEMBER}_statement.xml"),
    "green_button": Seed(GREEN_BUTTON.encode, f"{MEMBER}_feed.xml"),
    "mscons": Seed(MSCONS.encode, f"{MEMBER}_mscons.txt"),
    "enedis": Seed(DETAILED.encode, f"{MEMBER}_enedis.xml"),
    "dum": Seed(DUM.encode, "DUM_20250314093000.XML", "exports"),
    "facturx": Seed(_carrying, "facture.pdf", is_slow=True),
    "text_pdf": Seed(lambda: pdf_bytes(LYDEC_2024), "facture.pdf", is_slow=True),
}
TOKENS = (
    b"\0", b"\xff" * 4, b'"', b"'", b"\n", b"\r", b";", b"<", b"&#0;", b"<!--", b"]]>", b"-1", b"0", b"1e999", b"9" * 40,
    b"NaN", b"\xef\xbb\xbf", b"{", b"[", b"]", b"?'", b"+", b"\x7f\xff\xff\xff", b"2024-02-30", b"9999-12-31", b"%PDF-1.7",
)  # fmt: skip


# Values of XML, between tags and within quotation marks, and those of JSON.
VALUE = re.compile(rb"""(?<=[>"'])([^<>"'=,{}\n]+)(?=[<"'])""")
PLAIN_TOKENS = (
    *(token for token in TOKENS if not set(token) & set(b"\0\xff<>\"'&\x7f{}[]")),
    b"-5", b"1,234", b"1e5", b"0.0000000001", b"2025-13-45", b"20250231", b"KWH", b"MTQ", b"x" * 3000,
    "\u0661\u0662".encode(), b"-99999999999999999999", b"9223372036854775808", b"24:00", b"+25:00",
)  # fmt: skip


def damaged(content: bytes, number: int) -> bytes:
    """The content damaged in a way that the number settles.

    Half of the time, parts of a package are damaged in themselves, and of marked-up text only values are changed.
    """
    chance = random.Random(number)
    places = [match.span(1) for match in VALUE.finditer(content)] if content[:1] in (b"<", b"{") else []
    if places and chance.random() < 0.5:
        return _with_other_values(content, places, chance)
    if content.startswith(b"PK") and chance.random() < 0.5:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
        name = chance.choice(sorted(parts))
        parts[name] = _damaged(bytes(parts[name]), chance)  # type: ignore[arg-type]
        return zipped(parts)
    return _damaged(content, chance)


def _with_other_values(content: bytes, places: list[tuple[int, int]], chance: random.Random) -> bytes:
    for start, end in sorted(chance.sample(places, chance.choice((1, 1, 2, 3))), reverse=True):
        other = content[slice(*chance.choice(places))]
        value = chance.choice((b"", chance.choice(PLAIN_TOKENS), other, content[start:end] * chance.choice((2, 50))))
        content = content[:start] + value + content[end:]
    return content


def _damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        if changed:
            at = chance.randrange(len(changed))
            length = min(chance.choice((1, 2, 4, 16, 100, 1000)), len(changed) - at)
            chance.choice((_write_over, _take_or_add))(changed, at, length, chance)
    return bytes(changed)


def _write_over(changed: bytearray, at: int, length: int, chance: random.Random) -> None:
    token = chance.choice(TOKENS)
    places = (
        (at, 1, bytes([chance.randrange(256)])),
        (at, 1, bytes([changed[at] ^ 1 << chance.randrange(8)])),
        (at, len(token), token),
        (at, length, chance.randbytes(length)),
    )
    start, size, new = chance.choice(places)
    changed[start : start + size] = new


def _take_or_add(changed: bytearray, at: int, length: int, chance: random.Random) -> None:
    piece, kind = changed[at : at + length], chance.choice(("cut", "remove", "token", "repeat", "move"))
    if kind == "token":
        changed[at:at] = chance.choice(TOKENS)
    elif kind == "repeat":
        changed[at:at] = piece * chance.choice((1, 2, 50))
    else:
        del changed[at : None if kind == "cut" else at + length]
        if kind == "move":
            where = chance.randrange(len(changed) + 1)
            changed[where:where] = piece


def outcome(folder: Path, seed: Seed, content: bytes) -> str:
    """What becomes of a file: `read`, or the code of its refusal.

    Raises what the reader raises that is no refusal, and `AssertionError` where rows are not accounted for.
    """
    if seed.name.endswith(".zip"):
        return _night(folder, seed, content)
    rows, code = attempt(read, folder, content, seed.name, seed.feed)
    if code is not None:
        assert load_reasons()[code].severity == "refuse", code
        return str(code)
    assert rows.rows_read == rows.rows_accepted + rows.rows_quarantined + rows.dropped.total()
    assert rows.accepted.num_rows == rows.rows_accepted
    for table in rows.refusals.tables("batch"):
        assert None not in table.column("message_en").to_pylist()
    return "read"


def _night(folder: Path, seed: Seed, content: bytes) -> str:
    home = Home.at(folder / f"home{len(list(folder.iterdir()))}")
    path = home.landing / seed.feed / seed.name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    files = ingest_feed(home, Ledger(home.ledger), load_feeds()[seed.feed]).files
    assert files
    for file in files:
        assert file.reason_code != "READER_FAILED", file.message_en
        assert file.rows_read == file.rows_accepted + file.rows_quarantined + file.rows_dropped
    return files[0].reason_code or "read"
