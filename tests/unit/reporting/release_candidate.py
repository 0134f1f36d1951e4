"""A small made-up release candidate in an in-memory DuckDB, with what the pages read and nothing more."""

from __future__ import annotations

from typing import Any

import duckdb

from reporting.release import Query

HOSTILE = "<script>alert('x')</script>&.csv"
MEMBER_NAMES = ("Cimenterie Inventée SA", "Filature Imaginaire SARL", "Conserverie Fictive SA")

TABLES = """
create schema marts;
create table marts.ops_releases (
    release_id varchar, published_at timestamp, code_version varchar, ledger_head varchar, mart varchar, rows bigint,
    content_hash varchar
);
create table marts.ops_files (
    file_sha256 varchar, name varchar, feed varchar, mapping varchar, received_at timestamp, status varchar,
    reason_code varchar, rows_read bigint, rows_accepted bigint, rows_quarantined bigint, rows_dropped bigint,
    message_fr varchar, message_en varchar
);
create table marts.ops_quarantine (
    file_sha256 varchar, sheet varchar, row_no integer, column_name varchar, cell varchar, reason_code varchar,
    message_fr varchar, message_en varchar, feed varchar, row_id varchar
);
create table marts.ops_checks (
    run_id varchar, checked_at timestamp, check_id varchar, subject varchar, severity varchar, passed boolean,
    observed varchar, rows_failed bigint
);
create table marts.rpt_findings (
    finding_id varchar, check_id varchar, check_name_fr varchar, check_name_en varchar, severity varchar,
    member_id varchar, is_switched_off boolean
);
create table marts.dim_members (member_id varchar, legal_name varchar, sector varchar, left_on date);
create table marts.dim_factors (factor_id varchar, source_title varchar, source_year integer, status varchar);
create table marts.fct_energy_use (member_id varchar);
create table marts.fct_emissions (
    scope integer, method varchar, factor_id varchar, kgco2e decimal(18, 6)
);
create table marts.rpt_member_months (
    member_id varchar, month date, meter_months_present bigint, meter_months_expected bigint
);
create table marts.rpt_sector_years (
    sector varchar, indicator varchar, unit varchar, year integer, value decimal(18, 6), status varchar,
    contributors_band varchar, coverage_share decimal(18, 12)
);
create table marts.ref_national_exports (
    country_code varchar, country_name varchar, flow_code varchar, flow_name varchar, year integer,
    value_mad decimal(18, 6)
);
"""

ROWS = f"""
insert into marts.ops_releases values
    ('20260101-aa', '2026-01-01 02:00', '0.1.0', 'head1', 'dim_members', 3, 'h'),
    ('20260102-bb', '2026-01-02 02:00', '0.1.0+code', 'head2', 'dim_members', 3, 'h'),
    ('20260102-bb', '2026-01-02 02:00', '0.1.0+code', 'head2', 'dim_sites', 3, 'h');
insert into marts.ops_files values
    ('a1', 'bills.csv', 'energy_bills', 'template', '2025-12-31 10:00', 'accepted', null, 1200, 1190, 0, 10, null, null),
    ('a2', 'bills2.xlsx', 'energy_bills', 'template', '2026-01-01 20:00', 'partial', null, 345, 340, 3, 2, null, null),
    ('a3', '{HOSTILE.replace("'", "''")}', 'exports', null, '2026-01-01 21:00', 'refused', 'FILE_EMPTY', 0, 0, 0, 0,
        'Le fichier est vide.', 'The file is empty.'),
    ('a1', 'bills copy.csv', 'energy_bills', 'template', '2026-01-01 22:00', 'seen', null, null, null, null, null,
        'Déjà reçu.', 'Seen before.');
insert into marts.ops_quarantine values
    ('a2', 'Feuil1', 7, 'quantity', '12,5 kWh?', 'NUMBER_UNREADABLE', 'Pas un nombre.', 'Not a number.', 'energy_bills', 'r7'),
    ('a2', 'Feuil1', 7, 'amount_excl_vat', 'x', 'NUMBER_UNREADABLE', 'Pas un nombre.', 'Not a number.', 'energy_bills', 'r7'),
    ('a2', 'Feuil1', 8, 'quantity', '?', 'NUMBER_UNREADABLE', 'Pas un nombre.', 'Not a number.', 'energy_bills', 'r8'),
    ('a2', 'Feuil1', 9, 'member_id', '123', 'MEMBER_UNKNOWN', 'ICE inconnu.', 'Unknown ICE.', 'energy_bills', 'r9');
insert into marts.ops_checks values
    ('run1', '2026-01-01 02:00', 'landed.energy_bills.old', 'energy_bills', 'critical', false, 'old run', 99),
    ('run2', '2026-01-02 01:58', 'landed.energy_bills.price_usual', 'energy_bills', 'warning', false, 'failed=4', 4),
    ('run2', '2026-01-02 01:58', 'landed.energy_bills.price_plausible', 'energy_bills', 'critical', false, 'failed=1', 1),
    ('run2', '2026-01-02 01:58', 'landed.energy_bills.row_id_unique', 'energy_bills', 'critical', true, 'failed=0', 0),
    ('run2', '2026-01-02 01:59', 'dbt.unique_dim_members', 'dim_members', 'critical', true, '0', 0),
    ('run2', '2026-01-02 01:59', 'marts.dim_members.not_empty', 'dim_members', 'critical', true, 'rows=3', 0);
insert into marts.rpt_findings values
    ('f1', 'B08', 'Jours sans facture', 'Days without a bill', 'warning', 'm1', false),
    ('f2', 'B08', 'Jours sans facture', 'Days without a bill', 'warning', 'm1', false),
    ('f4', 'B08', 'Jours sans facture', 'Days without a bill', 'warning', 'm2', true),
    ('f3', 'B28', 'Facteur mille', 'Factor of a thousand', 'error', 'm2', false);
insert into marts.dim_members values
    ('m1', '{MEMBER_NAMES[0]}', 'cement', null),
    ('m2', '{MEMBER_NAMES[1]}', 'textiles', null),
    ('m3', '{MEMBER_NAMES[2]}', 'agri_food', null),
    ('m4', 'Partie depuis longtemps', 'cement', '2020-01-01');
insert into marts.fct_energy_use values ('m1'), ('m2');
insert into marts.dim_factors values
    ('grid.ma.2023', 'Ember', 2025, 'provisional'),
    ('diesel', 'IPCC 2006', 2006, 'approved'),
    ('unused', 'Nobody', 2000, 'provisional');
insert into marts.fct_emissions values
    (1, null, 'diesel', 3000000), (2, 'location', 'grid.ma.2023', 1000000.5), (2, 'market', 'grid.ma.2023', 1000000.5),
    (1, null, null, null);
insert into marts.rpt_member_months values
    ('m1', '2024-01-01', 2, 2), ('m1', '2024-02-01', 1, 2), ('m2', '2024-01-01', 0, 1);
insert into marts.rpt_sector_years values
    ('cement', 'scope1_kgco2e', 'kgco2e', 2023, 1234567890.123456, 'released', '5-9', 0.875),
    ('cement', 'scope1_kgco2e', 'kgco2e', 2024, 1300000000, 'released', '5-9', 1),
    ('cement', 'scope2_location_kgco2e', 'kgco2e', 2024, 210000000, 'released', '5-9', 1),
    ('cement', 'exports_fob_value_mad', 'MAD', 2024, 5000000, 'released', '3-4', 1),
    ('textiles', 'scope1_kgco2e', 'kgco2e', 2024, 8100000, 'released', '3-4', 0.75),
    ('textiles', 'scope2_location_kgco2e', 'kgco2e', 2024, null, 'u', '3-4', 0.25),
    ('steel_and_aluminium', 'scope1_kgco2e', 'kgco2e', 2023, null, 'c', '<3', null),
    ('steel_and_aluminium', 'scope1_kgco2e', 'kgco2e', 2024, null, 'c', '<3', null),
    ('steel_and_aluminium', 'scope2_location_kgco2e', 'kgco2e', 2024, null, 'n', '<3', null);
insert into marts.ref_national_exports values
    ('FR', 'FRANCE', '24', 'Exportations FAB', 2024, 40000000), ('ES', 'ESPAGNE', '242', 'x', 2024, 10000000),
    ('ES', 'ESPAGNE', '14', 'Importations CAF', 2024, 99000000);
"""


def candidate(*changes: str) -> Query:
    """A query on the candidate after `changes` (SQL statements)."""
    connection = duckdb.connect()
    for script in (TABLES, ROWS, *changes):
        connection.execute(script)

    def query(sql: str) -> list[dict[str, Any]]:
        result = connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    return query
