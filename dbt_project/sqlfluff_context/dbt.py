"""What sqlfluff puts where a model calls dbt's cross-database macros."""


def type_string() -> str:
    """The type of texts."""
    return "varchar"


def hash(field: str) -> str:  # noqa: A001 -- the name of dbt's macro
    """The digest of a text."""
    return f"md5({field})"


def date_trunc(datepart: str, date: str) -> str:
    """The first moment of a part of time."""
    return f"date_trunc('{datepart}', {date})"


def dateadd(datepart: str, interval: str, date: str) -> str:
    """A date moved by an interval."""
    return f"date_add({date}, {interval})"


def datediff(first: str, second: str, datepart: str) -> str:
    """The distance of two dates."""
    return f"datediff('{datepart}', {first}, {second})"


def last_day(date: str, datepart: str) -> str:
    """The last day of a part of time."""
    return f"last_day({date})"


def split_part(text: str, delimiter: str, part: str) -> str:
    """A part of a text."""
    return f"split_part({text}, {delimiter}, {part})"
