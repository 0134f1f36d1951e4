"""The XML files attached to a PDF and the text of its pages, taken out in a process of its own.

Run as a script by `ingestion.readers.facturx`, since a hostile PDF can hang a parser or fill the memory: the process
limits its own memory and time, and may write no file. It imports nothing of this project. It reads
`{"path", "memory", "seconds"}` as JSON from stdin and answers on stdout with `{"files": [[name, base64], ...], "text": ...}`.
"""

from __future__ import annotations

import base64
import json
import logging
import resource
import sys
from typing import Any

LARGEST_FILE = 50 * 1024 * 1024
MOST_FILES = 20
MOST_PAGES = 20
MOST_CHARACTERS = 200_000


def attachments(path: str) -> dict[str, Any]:
    """The attached XML files, and the text of the first pages if there is one; nothing for what is no readable PDF."""
    from pypdf import PdfReader

    files: list[tuple[str, str]] = []
    text = ""
    try:
        reader = PdfReader(path)
        for name, contents in list(reader.attachments.items())[:MOST_FILES]:
            files += [
                (name, base64.b64encode(content).decode())
                for content in contents
                if name.lower().endswith(".xml") and len(content) <= LARGEST_FILE
            ]
        for page in reader.pages[:MOST_PAGES] if files else ():
            text += f"{page.extract_text()}\n"
            if len(text) > MOST_CHARACTERS:
                break
    except (MemoryError, RecursionError):
        raise
    except Exception:
        # What a parser raises on a damaged PDF has no end; the reader of PDFs judges such a file.
        logging.getLogger(__name__).debug("damaged PDF", exc_info=True)
    return {"files": files, "text": text[:MOST_CHARACTERS]}


def main() -> None:
    """Answer one request within its limits."""
    request = json.loads(sys.stdin.buffer.read())
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(attachments(request["path"]), sys.stdout)


if __name__ == "__main__":
    main()
