"""Webhooks by the command line, sent by a real server."""

from tests.cli.command import casework, up
from tests.cli.conftest import initialise
from tests.running import SECRET_KEY
from tests.webhooks.conftest import Receiver


def test_a_webhook_is_added_and_the_server_tells_it(server_database):
    made = initialise("--database-url", server_database).json
    receiver = Receiver.start()
    settings = {"CASEWORK_SECRET_KEY": SECRET_KEY, "CASEWORK_EGRESS_ALLOW": "127.0.0.0/8"}
    try:
        with up("--database-url", server_database, **settings) as running:

            def webhooks(*arguments):
                result = casework("webhooks", *arguments, CASEWORK_URL=running.url, CASEWORK_KEY=made["api_key"])
                assert result.code == 0, result.err
                return result

            hook = webhooks("add", receiver.url("/status/200"), "--event", "member.added", "--json").json
            assert hook["secret"].startswith("whsec_")
            test = webhooks("test", hook["id"], "--json").json
            first = receiver.next()
            webhooks("replay", hook["id"], test["id"])
            second = receiver.next()
            assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"] == test["messageId"]
            casework(
                *("members", "add", "new@example.org", "--password", "correct horse"),
                CASEWORK_URL=running.url,
                CASEWORK_KEY=made["api_key"],
            )
            assert '"member.added"' in receiver.next()["body"]
            listed = webhooks("list")
            assert "member.added" in listed.out
            assert hook["secret"] not in listed.out
            assert webhooks("disable", hook["id"], "--json").json["disabledReason"] == "asked"
            assert webhooks("enable", hook["id"], "--json").json["disabled"] is False
            shown = webhooks("deliveries", hook["id"], "--json").json["items"]
            assert {one["type"] for one in shown} == {"webhook.test", "member.added"}
            webhooks("remove", hook["id"])
            assert webhooks("list", "--json").json["items"] == []
    finally:
        receiver.kill()
