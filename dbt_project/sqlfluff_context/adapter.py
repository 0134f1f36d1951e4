"""What sqlfluff puts where a model calls dbt's `adapter`: the SQL is linted in its DuckDB reading, never run."""


def dispatch(name: str, namespace: str = "") -> object:
    """Stand in for a dispatched macro: a type for a type, an expression for anything else."""
    return lambda *_, **__: "hugeint" if name.startswith("type_") else f"({name}_of_arguments)"
