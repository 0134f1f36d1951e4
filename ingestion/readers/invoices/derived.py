"""What several terms of an invoice say together: its kind, its buyer, the wording, period, meter and readings of a line.

Nothing here knows a syntax or a feed: which wording means which energy is said by a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from stdnum.ma import ice

from ingestion.cells import FileRefused
from ingestion.folding import fold
from ingestion.readers.invoices.terms import Invoice, InvoiceSheet, Line, Party, Terms, numbered
from ingestion.units import find_unit

# UNTDID 1001: documents that take back, whatever sign they print.
CREDIT_NOTE_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
CORRECTED_CODES = frozenset({"384"})

# UN/ECE Rec 20 and the spellings of units.yml, by what they measure.
UNIT_KINDS = {
    **dict.fromkeys(("kWh", "MWh", "GWh", "MJ", "GJ", "TJ", "kBtu", "MMBtu", "therm", "thermie", "toe"), "energy"),
    **dict.fromkeys(("L", "hL", "m3", "Nm3", "stere"), "volume"),
    **dict.fromkeys(("kg", "t", "g", "lb", "short_ton"), "mass"),
    **dict.fromkeys(("bottle_3kg", "bottle_6kg", "bottle_12kg", "bottle_35kg"), "bottle"),
    **dict.fromkeys(("kW", "kVA"), "power"),
    "kvarh": "reactive",
}
REC20_KINDS = {
    **dict.fromkeys(("DAY", "MON", "ANN", "HUR", "WEE", "QAN", "MIN", "SEC"), "time"),
    **dict.fromkeys(("MAW", "MVA", "WTT", "D46"), "power"),
    **dict.fromkeys(("KVR", "K5", "MVR", "MAH"), "reactive"),
    "P1": "percent",
}
LONGEST_NOTE = 1000
LARGEST_TABLE = 100_000_000  # characters: every line repeats what the invoice says as a whole

MEASURED_KINDS = ("energy", "volume", "mass", "bottle")
GOODS_KINDS = ("volume", "mass", "bottle")
METERING_POINT = re.compile(r"[0-9]{18}")  # a GSRN

START = re.compile(
    r"\b(ancien\w*|debut|depart|initial\w*|prec\w*|previous|old|start\w*|begin\w*|opening|alt\w*|anfang\w*|vorig\w*|anterior|iniz\w*|gammel|forrige|primo)\b"
)
END = re.compile(
    r"\b(nouve\w*|fin|final\w*|dernier\w*|actuel\w*|new|end|ending|closing|current|latest|present|neu\w*|ende?|eind\w*|huidig\w*|actual|attual\w*|ny|nuværende|ultimo)\b"
)
INDEX = re.compile(r"\b(index|indice|releve\w*|lecture|reading|\w*stand|lectura|lettura)\b")
KIND_OF_READING = re.compile(r"\b(type|nature|mode|methode?|kind|method|quality|art|status|origine)\b")
DAY = re.compile(r"\b(date|datum|dato|fecha|data|jour)\b")
METER = re.compile(
    r"\b(compteur|meter (number|no|id|identifier|serial|point)|meter|metering point|point de (livraison|comptage|mesure)"
    r"|zahler(nummer| nummer| nr)?|zahlernr|zahlpunkt\w*|messlokation|marktlokation|meternummer|måler(nummer| nummer| nr)?"
    r"|målepunkt\w*|aftagenummer|contador|contatore|ean|gsrn|pod|pdl|prm|pce|cups|cil|عداد|العداد)\b"
)
NOT_A_METER = re.compile(
    r"\b(location|loyer|redevance|rent\w*|fee|charge|type|calibre|marque|constante?|puissance|miete|huur|coefficient|size)\b"
)
MULTIPLIER = re.compile(
    r"\bmultipli\w*|\bvermenigvuldig\w*|\bwandlerfaktor\b|\bzahler(konstante|faktor)\b|\bmeter (constant|factor)\b"
    r"|\brapport (de )?(transformation|tc|tp)\b|\bcoefficient( de lecture)?$|\bct ratio\b"
)
# A bill that settles an earlier estimate speaks of it too.
ESTIMATED = re.compile(
    r"^(?!.*(regularis|rectific|correct|annul)).*(\bestime|\bestimat|\bgeschatzt|\bgeschat\b|\bstimat)"
)
# Notes speak of estimates in general; these words say that the bill is one.
ESTIMATED_INVOICE = re.compile(
    r"facture (est )?(estimee|estimative|sur estimation|etablie sur estimation)|estimated (bill|invoice|reading)"
    r"|geschatzte (rechnung|ablesung)|index estimes?$|releve estime$"
)
REGISTER = re.compile(
    r"\b(register|registre|cadran|poste( horaire)?|plage( horaire)?|zahlwerk|telwerk|obis( code)?|time of use)\b"
)
BASIS = re.compile(r"\b(pcs|pci|pouvoir calorifique|gcv|ncv|hhv|lhv|calorific value|brennwert|heizwert)\b")


def sheet_of(invoice: Invoice, fault: tuple[str, str] | None = None) -> InvoiceSheet:
    """The invoice as a table of lines; raises `FileRefused` TOO_LARGE when what all its lines repeat takes too much."""
    kind, buyer = _kind(invoice), buyer_identifier(invoice.buyer)
    shared = {**_party_terms(invoice), **invoice.terms, "kind": kind, "buyer": buyer}
    shared["BT-22"] = " | ".join(invoice.notes)[:LONGEST_NOTE]
    names = " | ".join(dict.fromkeys(filter(None, (line.terms.get("BT-153", "") for line in invoice.lines))))
    shared["invoice wording"] = f"{shared['BT-22']} | {names[:LONGEST_NOTE]}"
    rows, flags, dropped = [], {}, {}
    for position, (line, number) in enumerate(zip(invoice.lines, numbered(invoice.lines), strict=True)):
        row = {**shared, **{term: text for term, text in line.terms.items() if text}, "line": number}
        row |= _wording(row, line)
        row |= _period(row)
        row |= _metering(row, line)
        rows.append(row)
        if row["from"] and row["from"] == row.get("delivered"):
            flags[position] = frozenset({"PERIOD_IS_DELIVERY"})
        if line.dropped:
            dropped[position] = line.dropped
    _spread_meter(rows)
    size = sum(len(text) for row in rows for text in row.values())
    if size > LARGEST_TABLE:
        raise FileRefused("TOO_LARGE", size=size, limit=LARGEST_TABLE)
    return InvoiceSheet(rows, dropped, flags, fault)


def _spread_meter(rows: Sequence[Terms]) -> None:
    """The one meter that an invoice names is that of all its lines but goods, which no meter counts."""
    meters = {row["meter"] for row in rows} - {""}
    if len(meters) == 1:
        (meter,) = meters
        for row in rows:
            if not row["meter"] and unit_kind(row.get("BT-130", "")) not in GOODS_KINDS:
                row.update(meter=meter, place="")


def buyer_identifier(buyer: Party) -> str:
    """The company number (ICE) among the buyer's identifiers; empty if none is, or is meant to be, one."""
    for _, value in buyer.everything:
        digits = "".join(value.split())
        if digits.isascii() and ice.is_valid(digits):
            return digits
    meant = (value for scheme, value in buyer.everything if scheme.upper() in ("ICE", "MA:ICE") or _is_like_ice(value))
    return next(meant, "")


def unit_kind(unit: str) -> str:
    """What a unit measures: energy, volume, mass, bottle, power, reactive, time, percent; else count."""
    code = unit.strip()
    return REC20_KINDS.get(code.upper()) or UNIT_KINDS.get(find_unit(code) or "") or "count"


def _is_like_ice(value: str) -> bool:
    digits = "".join(value.split())
    return digits.isdecimal() and len(digits) == 15


def _kind(invoice: Invoice) -> str:
    """Invoice, credit note or corrected invoice, by root element, type code and signs; another code as it is."""
    code = invoice.terms.get("BT-3", "")
    if invoice.is_credit_note or code in CREDIT_NOTE_CODES:
        return "credit note"
    if code in CORRECTED_CODES:
        return "corrected invoice"
    return "credit note" if _takes_back(invoice) else code or "invoice"


def _takes_back(invoice: Invoice) -> bool:
    """Whether an invoice is negative as a whole; one that takes some energy back and charges other is ordinary."""
    total = _number(invoice.terms.get("BT-112", "")) or _number(invoice.terms.get("BT-109", ""))
    if not total or total > 0:
        return False
    measured: list[Decimal] = []
    counted: list[Decimal] = []
    for line in invoice.lines:
        quantity = _number(line.terms.get("BT-129", "")) or Decimal(0)
        kind = unit_kind(line.terms.get("BT-130", ""))
        (measured if kind in MEASURED_KINDS else counted).append(quantity)
    return min(measured or counted, default=Decimal(0)) < 0 and not (measured and max(measured) > 0)


def _party_terms(invoice: Invoice) -> Terms:
    def first(pairs: Sequence[tuple[str, str]]) -> str:
        return pairs[0][1] if pairs else ""

    seller, buyer = invoice.seller, invoice.buyer
    return {
        "BT-27": seller.name, "BT-29": first(seller.identifiers), "BT-30": first(seller.legal), "BT-31": first(seller.vat),
        "BT-44": buyer.name, "BT-46": first(buyer.identifiers), "BT-47": first(buyer.legal), "BT-48": first(buyer.vat),
    }  # fmt: skip


def _wording(row: Terms, line: Line) -> Terms:
    """The texts in which a mapping looks for words, each with what the unit measures in front, such as `energyunit`.

    `wording` is the name of the item, which alone tells a charge on energy from energy; `details` adds what is said
    about it; `register` adds the registers named among the attributes, then the description.
    """
    kind = f"{unit_kind(row.get('BT-130', '')) if row.get('BT-129') else 'no'}unit:"
    name, description, note = (row.get(term, "") for term in ("BT-153", "BT-154", "BT-127"))
    attributes = [f"{label} {value}" for label, value in line.attributes]
    registers = [value for label, value in line.attributes if REGISTER.search(fold(label))]
    bases = [text for text in (name, description, note, *attributes) if BASIS.search(fold(text))]
    return {
        "BG-32": "; ".join(f"{label}: {value}" for label, value in line.attributes),
        "label": " - ".join(dict.fromkeys(filter(None, (name, description)))) or note,
        "wording": f"{kind} {name or description or note}",
        "details": f"{kind} {' | '.join(filter(None, (name, description, note)))}",
        "register": f"{kind} {' '.join((name, *registers))} | details | {description}",
        "basis": " | ".join(bases),
    }


def _period(row: Terms) -> Terms:
    """The period of the line, else of the invoice; for goods that were delivered without one, the day of delivery."""
    for start, end in (("BT-134", "BT-135"), ("BT-73", "BT-74")):
        if row.get(start) and row.get(end):
            return {"from": row[start], "to": row[end]}
    started, ended = row.get("BT-134") or row.get("BT-73", ""), row.get("BT-135") or row.get("BT-74", "")
    delivered = row.get("BT-72", "")
    if not started and not ended and delivered and unit_kind(row.get("BT-130", "")) in GOODS_KINDS:
        return {"from": delivered, "to": delivered, "delivered": delivered}
    return {"from": started, "to": ended}


def _metering(row: Terms, line: Line) -> Terms:
    """Meter, place, readings and multiplier: the attributes of the item first, then the objects that are invoiced."""
    found: Terms = {}
    for label, value in line.attributes:
        field = _field(fold(label), has_digits=any(character.isdigit() for character in value))
        if field and value and field not in found:
            found[field] = value
    place = row.get("BT-71", "")
    is_point = bool(METERING_POINT.fullmatch(place))
    point_of_line = place if is_point and line.terms.get("BT-71") else ""
    meter = found.get("meter") or row.get("BT-128") or point_of_line or row.get("BT-18") or (place if is_point else "")
    # The register of meters knows where a meter is; a place of delivery is often a code of the supplier's own.
    is_estimated = ESTIMATED.search(fold(row["label"])) or ESTIMATED_INVOICE.search(fold(row["BT-22"]))
    if "reading end" not in found and is_estimated:
        found["reading end"] = "estimated"
    return {**found, "meter": meter, "place": "" if meter or is_point else place}


def _field(label: str, *, has_digits: bool) -> str | None:
    """Which column an attribute of this name fills; words in place of an index say what kind of reading it is."""
    if DAY.search(label):
        return None
    is_start, is_end = bool(START.search(label)), bool(END.search(label))
    if INDEX.search(label):
        if KIND_OF_READING.search(label) or not has_digits:
            return "reading start" if is_start and not is_end else "reading end"
        return None if is_start == is_end else "index start" if is_start else "index end"
    if MULTIPLIER.search(label):
        return "multiplier" if has_digits else None
    if METER.search(label) and not NOT_A_METER.search(label):
        return "meter" if has_digits else None
    return None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
