"""`datapackage.json`: a release described by the Frictionless Data Package standard, version 2."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.database import rows
from warehouse.dictionary import Mart

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

# DuckDB's type, without its precision, to the type of a Table Schema field.
FIELD_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "DECIMAL": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


def datapackage(connection: duckdb.DuckDBPyConnection, marts: list[Mart], facts: dict[str, Any]) -> dict[str, Any]:
    """The descriptor of a release: one resource per mart, with the data dictionary as its schema.

    `connection` is open on the release's DuckDB file, whose column types are described. A type without a counterpart in
    the standard raises KeyError: marts have contracts, so a new type is a decision.
    """
    types = {
        (row["table_name"], row["column_name"]): row["data_type"]
        for row in rows(connection, "select table_name, column_name, data_type from information_schema.columns")
    }
    counts = {content["mart"]: content for content in facts["marts"]}
    return {
        "$schema": PROFILE,
        "name": "mizan",
        "id": facts["release_id"],
        "title": "Mizan: emissions of member companies",
        "created": facts["published_at"],
        "version": facts["code_version"],
        "resources": [
            {
                "name": mart.name,
                "path": f"marts/{mart.name}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "description": mart.description,
                **({"contentHash": counts[mart.name]["content_hash"]} if mart.name in counts else {}),
                "schema": {
                    "fields": [
                        {
                            "name": column.name,
                            "type": FIELD_TYPES[types[(mart.name, column.name)].split("(")[0]],
                            "description": column.description,
                            **({"volatile": True} if column.is_volatile else {}),
                        }
                        for column in mart.columns
                    ]
                },
            }
            for mart in marts
        ],
    }
