"""The shipped mappings and PDF templates follow their schemas, which nothing looks at again when they are loaded."""

from pathlib import Path

import pytest

from ingestion.json_schema import schema_fault
from ingestion.mapping_file import MAPPINGS_FOLDER, read_mapping_file
from ingestion.mapping_file import schema as mapping_schema
from ingestion.readers.pdf_template import TEMPLATES_FOLDER
from ingestion.readers.pdf_template import schema as template_schema
from ingestion.yaml_text import load_yaml


@pytest.mark.parametrize("path", sorted(MAPPINGS_FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_mappings(path: Path) -> None:
    assert schema_fault(read_mapping_file(path, path.read_bytes()).document, mapping_schema()) is None


@pytest.mark.parametrize("path", sorted(TEMPLATES_FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_templates(path: Path) -> None:
    assert schema_fault(load_yaml(path.read_bytes()), template_schema()) is None


def test_a_fault_is_found() -> None:
    fault = schema_fault({"mapping": 1}, mapping_schema())
    assert fault is not None
