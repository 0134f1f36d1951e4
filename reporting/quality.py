"""The model of the nightly quality page: what came in, what was refused and why, which checks passed, what is missing.

Figures only, no words and no layout. For the association's own eyes: members are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reporting.release import Query, Release, release_of

STATUSES = ("accepted", "partial", "refused", "seen")
BORDERS = ("landed", "dbt", "marts")


@dataclass(frozen=True)
class StatusCount:
    """Files of one status: since the last release, and in all."""

    status: str
    files_new: int
    files: int


@dataclass(frozen=True)
class FeedCount:
    """Rows of a feed's files; `is_balanced` says whether read = accepted + quarantined + dropped for each file."""

    feed: str
    files: int
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_dropped: int
    is_balanced: bool


@dataclass(frozen=True)
class Reason:
    """Quarantined rows of one reason, with an example of its message in both languages."""

    reason_code: str
    rows: int
    files: int
    message_fr: str
    message_en: str


@dataclass(frozen=True)
class RefusedFile:
    """A file of which nothing could be read."""

    name: str
    feed: str
    received_at: datetime
    reason_code: str
    message_fr: str
    message_en: str


@dataclass(frozen=True)
class BorderCount:
    """Checks of the last run at one border (landed batches, dbt tests, published marts)."""

    border: str
    passed: int
    failed_critical: int
    failed_warning: int


@dataclass(frozen=True)
class FailedCheck:
    """A check of the last run that did not pass."""

    check_id: str
    subject: str
    severity: str
    observed: str
    rows_failed: int


@dataclass(frozen=True)
class FindingCount:
    """Findings of one check on bills and activity: those open, of so many members, and those of meters for which it is off."""

    check_id: str
    name_fr: str
    name_en: str
    severity: str
    findings: int
    members: int
    switched_off: int


@dataclass(frozen=True)
class MemberWithoutData:
    """A member of the association of whom no energy use is known."""

    member_id: str
    legal_name: str
    sector: str


@dataclass(frozen=True)
class SectorCoverage:
    """Meter-months present and expected of a sector in a year, and members with data among its members."""

    sector: str
    year: int
    members_with_data: int
    members: int
    coverage_share: Decimal | None


@dataclass(frozen=True)
class ProvisionalFactor:
    """A factor in use that nobody approved yet; `share` is its part of scope 1 and location-based scope 2."""

    factor_id: str
    source_title: str
    source_year: int | None
    kgco2e: Decimal
    share: Decimal | None


@dataclass(frozen=True)
class Quality:
    """Everything on the quality page."""

    release: Release
    statuses: list[StatusCount]
    feeds: list[FeedCount]
    reasons: list[Reason]
    refused_files: list[RefusedFile]
    borders: list[BorderCount]
    failed_checks: list[FailedCheck]
    findings: list[FindingCount]
    members_without_data: list[MemberWithoutData]
    coverage: list[SectorCoverage]
    provisional_factors: list[ProvisionalFactor]

    @property
    def total(self) -> FeedCount:
        """All feeds added up."""
        return FeedCount(
            feed="",
            files=sum(feed.files for feed in self.feeds),
            rows_read=sum(feed.rows_read for feed in self.feeds),
            rows_accepted=sum(feed.rows_accepted for feed in self.feeds),
            rows_quarantined=sum(feed.rows_quarantined for feed in self.feeds),
            rows_dropped=sum(feed.rows_dropped for feed in self.feeds),
            is_balanced=all(feed.is_balanced for feed in self.feeds),
        )

    @property
    def files_new(self) -> int:
        """Files received since the last release."""
        return sum(status.files_new for status in self.statuses)

    @property
    def provisional_share(self) -> Decimal | None:
        """The part of scope 1 and location-based scope 2 that rests on provisional factors; None without emissions."""
        shares = [factor.share for factor in self.provisional_factors if factor.share is not None]
        return sum(shares, Decimal(0)) if shares else None


def quality_model(query: Query) -> Quality:
    """Read the release candidate. Raises LookupError when it names no release."""
    release = release_of(query)
    return Quality(
        release=release,
        statuses=_statuses(query, release),
        feeds=[FeedCount(**row) for row in query(FEEDS)],
        reasons=[Reason(**row) for row in query(REASONS)],
        refused_files=[RefusedFile(**row) for row in query(REFUSED_FILES)],
        borders=_borders(query),
        failed_checks=[FailedCheck(**row) for row in query(FAILED_CHECKS)],
        findings=[FindingCount(**row) for row in query(FINDINGS)],
        members_without_data=[MemberWithoutData(**row) for row in query(MEMBERS_WITHOUT_DATA)],
        coverage=_coverage(query),
        provisional_factors=_provisional_factors(query),
    )


def _statuses(query: Query, release: Release) -> list[StatusCount]:
    files = query("select status, received_at from marts.ops_files")
    since = release.previous_published_at
    return [
        StatusCount(
            status=status,
            files_new=sum(row["status"] == status and (since is None or row["received_at"] > since) for row in files),
            files=sum(row["status"] == status for row in files),
        )
        for status in STATUSES
    ]


def _borders(query: Query) -> list[BorderCount]:
    counts = {row["border"]: row for row in query(CHECKS_BY_BORDER)}
    none = {"passed": 0, "failed_critical": 0, "failed_warning": 0}
    return [BorderCount(**{**none, "border": border, **counts.get(border, {})}) for border in BORDERS]


def _coverage(query: Query) -> list[SectorCoverage]:
    return [
        SectorCoverage(
            sector=row["sector"],
            year=row["year"],
            members_with_data=row["members_with_data"],
            members=row["members"],
            coverage_share=_share(row["present"], row["expected"]),
        )
        for row in query(COVERAGE)
    ]


def _provisional_factors(query: Query) -> list[ProvisionalFactor]:
    rows = query(FACTORS)
    total = sum((row["kgco2e"] for row in rows), Decimal(0))
    return [
        ProvisionalFactor(
            factor_id=row["factor_id"],
            source_title=row["source_title"],
            source_year=row["source_year"],
            kgco2e=row["kgco2e"],
            share=_share(row["kgco2e"], total),
        )
        for row in rows
        if row["status"] == "provisional"
    ]


def _share(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


FEEDS = """
select
    feed,
    count(*) as files,
    cast(coalesce(sum(rows_read), 0) as bigint) as rows_read,
    cast(coalesce(sum(rows_accepted), 0) as bigint) as rows_accepted,
    cast(coalesce(sum(rows_quarantined), 0) as bigint) as rows_quarantined,
    cast(coalesce(sum(rows_dropped), 0) as bigint) as rows_dropped,
    bool_and(
        coalesce(rows_read, 0)
        = coalesce(rows_accepted, 0) + coalesce(rows_quarantined, 0) + coalesce(rows_dropped, 0)
    ) as is_balanced
from marts.ops_files
where status <> 'seen'
group by feed
order by feed
"""

# A row may be refused for several cells: it counts once per reason.
REASONS = """
select
    reason_code,
    count(distinct concat_ws('|', file_sha256, sheet, cast(row_no as varchar))) as rows,
    count(distinct file_sha256) as files,
    min(message_fr) as message_fr,
    min(message_en) as message_en
from marts.ops_quarantine
group by reason_code
order by rows desc, reason_code
"""

REFUSED_FILES = """
select name, feed, received_at, coalesce(reason_code, '') as reason_code,
    coalesce(message_fr, '') as message_fr, coalesce(message_en, '') as message_en
from marts.ops_files
where status = 'refused'
order by received_at desc, name
"""

LAST_RUN = "run_id = (select run_id from marts.ops_checks order by checked_at desc, run_id limit 1)"

CHECKS_BY_BORDER = f"""
select
    split_part(check_id, '.', 1) as border,
    count(*) filter (where passed) as passed,
    count(*) filter (where not passed and severity = 'critical') as failed_critical,
    count(*) filter (where not passed and severity <> 'critical') as failed_warning
from marts.ops_checks
where {LAST_RUN}
group by 1
"""

FAILED_CHECKS = f"""
select check_id, subject, severity, coalesce(observed, '') as observed, rows_failed
from marts.ops_checks
where {LAST_RUN} and not passed
order by severity, check_id, subject
"""

FINDINGS = """
select
    check_id,
    min(check_name_fr) as name_fr,
    min(check_name_en) as name_en,
    severity,
    count(*) filter (where not is_switched_off) as findings,
    count(distinct member_id) filter (where not is_switched_off) as members,
    count(*) filter (where is_switched_off) as switched_off
from marts.rpt_findings
group by check_id, severity
order by severity, findings desc, check_id
"""

MEMBERS_WITHOUT_DATA = """
select members.member_id, members.legal_name, members.sector
from marts.dim_members as members
where members.left_on is null
    and members.member_id not in (select uses.member_id from marts.fct_energy_use as uses)
order by members.sector, members.legal_name, members.member_id
"""

COVERAGE = """
with months as (
    select
        members.sector,
        year(member_months.month) as year,
        members.member_id,
        member_months.meter_months_present as present,
        member_months.meter_months_expected as expected
    from marts.rpt_member_months as member_months
    inner join marts.dim_members as members on member_months.member_id = members.member_id
),

sectors as (
    select sector, count(*) as members from marts.dim_members group by sector
)

select
    months.sector,
    cast(months.year as integer) as year,
    count(distinct case when months.present > 0 then months.member_id end) as members_with_data,
    min(sectors.members) as members,
    cast(sum(months.present) as bigint) as present,
    cast(sum(months.expected) as bigint) as expected
from months
inner join sectors on months.sector = sectors.sector
group by months.sector, months.year
order by months.sector, months.year
"""

FACTORS = """
select factors.factor_id, factors.source_title, factors.source_year, factors.status, sum(emissions.kgco2e) as kgco2e
from marts.fct_emissions as emissions
inner join marts.dim_factors as factors on emissions.factor_id = factors.factor_id
where emissions.kgco2e is not null and (emissions.scope = 1 or emissions.method = 'location')
group by factors.factor_id, factors.source_title, factors.source_year, factors.status
order by kgco2e desc, factors.factor_id
"""
