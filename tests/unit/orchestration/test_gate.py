from orchestration.gate import verdict
from warehouse.checks import CRITICAL, WARNING, RecordedCheck, record_results
from warehouse.home import Home


def outcome(check_id: str, *, passed: bool, severity: str = CRITICAL) -> RecordedCheck:
    return RecordedCheck(check_id, "a_mart", severity, passed, "observed", 0 if passed else 3)


def test_the_gate_opens_when_all_ran_and_passed(home: Home) -> None:
    record_results(home, "run", "models", [outcome("dbt.a", passed=True)])
    record_results(home, "run", "marts", [outcome("marts.b", passed=True)])
    assert verdict(home, "run", ["dbt.a", "marts.b"]).is_open


def test_a_warning_does_not_close_it(home: Home) -> None:
    record_results(home, "run", "marts", [outcome("marts.b", passed=False, severity=WARNING)])
    assert verdict(home, "run", ["marts.b"]).is_open


def test_a_critical_failure_closes_it_and_is_named(home: Home) -> None:
    record_results(home, "run", "models", [outcome("dbt.a", passed=False)])
    closed = verdict(home, "run", ["dbt.a"])
    assert not closed.is_open
    assert closed.message() == "failed: dbt.a on a_mart: observed (3 rows)"


def test_a_check_that_did_not_run_closes_it(home: Home) -> None:
    record_results(home, "run", "models", [outcome("dbt.a", passed=True)])
    closed = verdict(home, "run", ["dbt.a", "dbt.never"])
    assert not closed.is_open
    assert closed.message() == "did not run: dbt.never"


def test_the_outcomes_of_another_run_do_not_count(home: Home) -> None:
    record_results(home, "yesterday", "models", [outcome("dbt.a", passed=True)])
    assert not verdict(home, "run", ["dbt.a"]).is_open


def test_what_a_landed_batch_fails_is_held_out_and_does_not_close_it(home: Home) -> None:
    record_results(home, "run", "landed", [outcome("landed.c", passed=False)])
    assert verdict(home, "run", []).is_open
