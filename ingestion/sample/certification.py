"""What the association's register holds beside who exists: contracts for electricity, programmes, certification cases.

The applications are made so that their assessments differ: some have all their evidence, some lack a piece, some state
what no criterion accepts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingestion.sample.association import Association, Member
from ingestion.sample.numbers import YEARS, generator, scaled
from ingestion.sample.rows import Row

SCHEME_VERSION = "ASMEX-BV-1.0.0"
CERTIFIER = "Exemple Certification"

# What every applicant should show: metric, value, lower, upper, unit, who states it.
COMPLETE: dict[str, tuple[str, str | None, str | None, str, str]] = {
    "boundary_declared": ("1", None, None, "bool", "APPLICANT"),
    "base_year_set_within_years": ("2", None, None, "year", "APPLICANT"),
    "verified_misstatement_ratio": ("0.021", "0.012", "0.034", "ratio", CERTIFIER),
    "opinion_type_in": ("unmodified", None, None, "enum", CERTIFIER),
}
COMMITTED: dict[str, tuple[str, str | None, str | None, str, str]] = {
    "weighted_dq_score": ("2.4", "2.1", "2.8", "score", CERTIFIER),
    "scope3_screened_categories": ("15", None, None, "count", "APPLICANT"),
    "target_horizon_years": ("8", None, None, "year", "APPLICANT"),
    "target_linear_s12_rate": ("0.031", None, None, "per_year", "APPLICANT"),
    "target_offsets_counted": ("0", None, None, "bool", "APPLICANT"),
    "funded_actions_cover_target": ("0.62", None, None, "ratio", "APPLICANT"),
}
FOOTPRINT: dict[str, tuple[str, str | None, str | None, str, str]] = {
    "declared_unit_and_boundary": ("1", None, None, "bool", "APPLICANT"),
    "exempted_emissions_share": ("0.02", "0.01", "0.03", "ratio", "APPLICANT"),
    "primary_data_share": ("0.81", "0.74", "0.88", "ratio", CERTIFIER),
    "mass_balance_closure": ("0.008", None, None, "ratio", CERTIFIER),
    "allocation_rule_declared": ("1", None, None, "bool", "APPLICANT"),
    "precursor_default_without_reason": ("0", None, None, "count", CERTIFIER),
}


@dataclass(frozen=True)
class Case:
    """An application of one member: what it changes of the complete evidence (None leaves the piece out)."""

    code: str
    track: str = "ORG"
    level: int = 1
    changes: tuple[tuple[str, tuple[str, str | None, str | None, str, str] | None], ...] = ()
    evaluator: str = "EVA-01"


CASES = (
    Case("ENG04"),
    Case("CIM02"),
    Case("ACI02"),
    Case("ALU02", changes=(("boundary_declared", None),)),
    Case("TEX03", changes=(("opinion_type_in", None), ("verified_misstatement_ratio", None))),
    # Its bills rest on estimates.
    Case("TEX05"),
    Case("AGR05", changes=(("opinion_type_in", ("adverse", None, None, "enum", CERTIFIER)),)),
    # The interval of the misstatement holds the threshold.
    Case("AUT02", changes=(("verified_misstatement_ratio", ("0.048", "0.031", "0.066", "ratio", CERTIFIER)),)),
    Case("AUT06", changes=(("base_year_set_within_years", ("8", None, None, "year", "APPLICANT")),)),
    # It left the association before it applied.
    Case("TEX07"),
    # The evaluator trained the applicant's staff the year before.
    Case("AGR04", evaluator="FOR-02"),
    Case("AUT01", level=2),
    Case("ENG01", track="PRD"),
)


def instrument_rows(association: Association) -> list[Row]:
    """Contracts that convey an emission rate: direct purchases, certificates, and one seller's own rate."""
    members = {member.code: member for member in association.members}
    plans = (
        ("CIM02", "ppa", 14_500_000, 0, "PPA-EX-0007"),
        ("ENG04", "ppa", 9_000_000, 0, "PPA-EX-0011"),
        ("AUT01", "eac", 2_400_000, 0, "EAC-EX-0102"),
        ("ALU02", "eac", 1_100_000, 0, "EAC-EX-0118"),
        ("AGR05", "supplier_specific", 600_000, 412, "TARIF-EX-03"),
    )
    rows: list[Row] = []
    for code, kind, kwh, grams, reference in plans:
        for year in YEARS:
            site = association.sites_of(members[code].member_id)[0]
            rows.append(
                {
                    "instrument_id": f"INS-{code}-{year}",
                    "member_id": members[code].member_id,
                    "site_id": site.site_id,
                    "kind": kind,
                    "carrier": "electricity",
                    "valid_from": date(year, 1, 1),
                    "valid_to": date(year, 12, 31),
                    "quantity_kwh": kwh + 50_000 * (year - YEARS[0]),
                    "kgco2e_per_kwh": scaled(grams, 3),
                    "retired_on": date(year + 1, 2, 15) if kind == "eac" else None,
                    "registry_ref": f"{reference}-{year}",
                }
            )
    return rows


def programme_rows(association: Association, seed: int) -> list[Row]:
    """Information days, trainings and accompaniments that members followed."""
    chance = generator(seed, "programmes")
    topics = (
        ("information", "Le mécanisme d'ajustement carbone aux frontières", 1),
        ("training", "Mesurer son bilan de gaz à effet de serre", 3),
        ("accompaniment", "Plan d'efficacité énergétique", 180),
    )
    rows: list[Row] = []
    for number, (kind, topic, days) in enumerate(topics, start=1):
        for member in association.members:
            if chance.randint(0, 2) != 0 and not (kind == "training" and member.code == "AGR04"):
                continue
            starts_on = date(chance.randint(2024, 2025), chance.randint(2, 11), chance.randint(1, 25))
            person_id = f"FOR-{chance.randint(1, 3):02d}"
            if member.code == "AGR04" and kind == "training":
                starts_on, person_id = date(2025, 5, 12), "FOR-02"
            rows.append(
                {
                    "programme_id": f"PRG-{number:02d}",
                    "member_id": member.member_id,
                    "kind": kind,
                    "topic": topic,
                    "provider": "Exemple Formation SARL",
                    "person_id": person_id,
                    "starts_on": starts_on,
                    "ends_on": starts_on + timedelta(days=days - 1),
                }
            )
    return rows


def application_rows(association: Association) -> list[Row]:
    """One row per case: the year 2025, applied for in March 2026."""
    return [
        {
            "application_id": _application_id(number),
            "member_id": member.member_id,
            "track": case.track,
            "level": case.level,
            "product_id": f"{member.code}-A-P1" if case.track == "PRD" else None,
            "period_from": date(2025, 1, 1),
            "period_to": date(2025, 12, 31),
            "scheme_version": SCHEME_VERSION,
            "submitted_on": date(2026, 3, number),
            "signed_by": f"Direction générale, {member.legal_name}",
        }
        for number, case, member in _cases(association)
    ]


def evidence_rows(association: Association) -> list[Row]:
    """What each applicant and its verifier state; the digests are of made-up texts."""
    rows: list[Row] = []
    for number, case, _ in _cases(association):
        statements = dict(FOOTPRINT if case.track == "PRD" else COMPLETE)
        statements.update(COMMITTED if case.level == 2 else {})
        for metric_id, change in case.changes:
            if change is None:
                del statements[metric_id]
            else:
                statements[metric_id] = change
        for position, (metric_id, (value, lower, upper, unit, stated_by)) in enumerate(statements.items(), start=1):
            evidence_id = f"EV-{number:03d}-{position:02d}"
            rows.append(
                {
                    "evidence_id": evidence_id,
                    "application_id": _application_id(number),
                    "metric_id": metric_id,
                    "value": value,
                    "lower": lower,
                    "upper": upper,
                    "unit": unit,
                    "document_sha256": hashlib.sha256(f"exemple {evidence_id}".encode()).hexdigest(),
                    "stated_on": date(2026, 4, number) if stated_by == CERTIFIER else date(2026, 3, number),
                    "stated_by": stated_by,
                }
            )
    return rows


def case_event_rows(association: Association) -> list[Row]:
    """How far each case has come: received, accepted, evaluated, reviewed."""
    rows: list[Row] = []
    for number, case, member in _cases(association):
        steps: list[tuple[str, str, str, str | None]] = [
            ("submit", f"SIG-{member.code}", "APPLICANT", None),
            ("review_ok", "REC-01", "APPLICATION_REVIEWER", None),
            ("assign", "PLA-01", "PLANNER", None),
            ("findings", case.evaluator, "EVALUATOR", None),
            ("closed", case.evaluator, "EVALUATOR", None),
            ("review_ok", "REV-01", "REVIEWER", None),
        ]
        if case.code == "TEX07":
            steps = [steps[0], ("review_ko", "REC-01", "APPLICATION_REVIEWER", "IN-MEM")]
        for sequence, (event, person_id, role, reason_code) in enumerate(steps, start=1):
            rows.append(
                {
                    "application_id": _application_id(number),
                    "sequence": sequence,
                    "event": event,
                    "person_id": person_id,
                    "role": role,
                    "occurred_at": datetime(2026, 3, number, 9, 0) + timedelta(days=9 * (sequence - 1)),  # noqa: DTZ001
                    "reason_code": reason_code,
                    "note": None,
                }
            )
    return rows


def _application_id(number: int) -> str:
    return f"APP-2026-{number:03d}"


def _cases(association: Association) -> list[tuple[int, Case, Member]]:
    members = {member.code: member for member in association.members}
    return [(number, case, members[case.code]) for number, case in enumerate(CASES, start=1)]
