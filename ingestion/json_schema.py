"""Documents against their JSON schema. The library takes longer to import than a file to read, so it comes in on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def schema_fault(document: Any, schema: dict[str, Any]) -> ValidationError | None:
    """What says best why a document does not follow its schema; None if it does."""
    import jsonschema

    return jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
