"""From files as received to typed rows, quarantine and ledger entries.

Knows nothing of Dagster, dbt, Great Expectations or the marts.
"""
