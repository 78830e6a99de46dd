"""The client of docs/streaming.md does what the page says."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.cli.command import environment, up
from tests.cli.conftest import initialise

PAGE = Path(__file__).parents[2] / "docs" / "streaming.md"
DEFINITION = {"casework": 1, "key": "one", "name": "One", "tasks": [{"key": "look", "kind": "human"}]}


def test_the_client_follows_a_run_to_its_end(server_database):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    made = initialise("--database-url", server_database).json
    headers = {"authorization": f"Bearer {made['api_key']}"}
    with (
        up("--database-url", server_database) as running,
        httpx.Client(base_url=running.url, headers=headers, timeout=60) as http,
    ):
        workspace = f"/api/v2/w/{made['workspace_uuid']}"
        workflow = http.post(f"{workspace}/workflows", json=DEFINITION).json()["id"]
        case = http.post(f"{workspace}/assignments", json={"workflowId": workflow}).json()
        stream = f"/api/chats/{case['chatUuid']}/workflow-runs/{case['uuid']}/stream"
        settings = environment(CASEWORK_URL=running.url, CASEWORK_KEY=made["api_key"], RUN_STREAM=stream)
        client = subprocess.Popen([sys.executable, "-c", program], env=settings, stdout=subprocess.PIPE, text=True)
        activity = f"/api/v3/workflow/activities/{case['tasks'][0]['uuid']}"
        http.patch(f"{activity}/assign", json={"start_working": True}).raise_for_status()
        http.patch(f"{activity}/complete", json={"data": {}}).raise_for_status()
        told, _ = client.communicate(timeout=60)
    assert '"stepId":"look"' in told
    assert told.splitlines()[-1] == "It is done."
