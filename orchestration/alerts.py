"""What people are told without asking: a readable file in `alerts/`, and a post to a webhook when one is set."""

from __future__ import annotations

import json
import logging
import os
import urllib.request

import pyarrow.parquet as pq

from ingestion.reasons import load_reasons
from warehouse.home import Home, write_atomically
from warehouse.ledger import Entry, Ledger

logger = logging.getLogger(__name__)

WEBHOOK_VARIABLE = "MIZAN_WEBHOOK_URL"
LONGEST_LIST = 50


def tell_people(home: Home, name: str, text: str) -> None:
    """Leave `alerts/<name>.txt`, and post the text to the webhook; what was told before is not told again."""
    path = home.alerts / f"{name}.txt"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    write_atomically(path, text.encode())
    if os.environ.get(WEBHOOK_VARIABLE):
        try:
            _post(os.environ[WEBHOOK_VARIABLE], text)
        except OSError as error:
            # The night goes on, and the file says it.
            logger.warning("%s cannot be posted to: %s", WEBHOOK_VARIABLE, error)


def alert_of_batch(home: Home, ledger: Ledger, batch: Entry) -> str | None:
    """What of a batch may be an attack or a breach of confidence: refused files and rows whose reason calls for an alert."""
    alerting = {code for code, reason in load_reasons().items() if reason.alert}
    names, said = {}, []
    for entry in ledger.of_kind("file"):
        if entry["feed"] == batch["feed"] and entry["file_sha256"] in batch["files"]:
            names[entry["file_sha256"]] = entry["name"]
            if entry["reason_code"] in alerting:
                said.append(f"{entry['name']}: {entry['message_en']}")
    if batch["quarantine_rows"]:
        columns = ["file_sha256", "sheet", "row_no", "reason_code", "message_en"]
        for cell in pq.read_table(home.quarantine_batch(batch["feed"], batch["batch_id"]), columns=columns).to_pylist():
            if cell["reason_code"] in alerting:
                sheet = f", sheet {cell['sheet']}" if cell["sheet"] else ""
                said.append(f"{names[cell['file_sha256']]}{sheet}: {cell['message_en']}")
    if not said:
        return None
    more = [f"... and {len(said) - LONGEST_LIST} more"] if len(said) > LONGEST_LIST else []
    listed = "\n".join(f"- {line}" for line in [*dict.fromkeys(said[:LONGEST_LIST]), *more])
    return (
        f"Mizan: files of feed {batch['feed']} hold what may be an attack or another member's data.\n{listed}\n"
        "None of it entered the accounts. Next step: speak with the sender; the files are in the archive.\n"
    )


def _post(url: str, text: str) -> None:
    """Post a message as JSON `{"text": ...}`, the form that common chat services accept."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{WEBHOOK_VARIABLE} must be an http or https address")
    request = urllib.request.Request(  # noqa: S310 -- the scheme is checked above
        url, data=json.dumps({"text": text}).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 -- as above
        pass
