"""Where data lives: the home folder, the ledger, DuckDB, releases and their proofs.

The bottom layer: it knows nothing of files' layouts, checks, reports or Dagster. The only package that imports duckdb.
"""
