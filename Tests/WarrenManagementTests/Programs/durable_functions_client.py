#!/usr/bin/env python3
"""Drives the management routes with the official Python client of Durable Functions.

    durable_functions_client.py ORIGIN HUB

ORIGIN is http://host:port. The hub runs what DurableFunctionsClientTests registers. Prints one line for each call that did what
it should; status 1 and a trace otherwise.
"""

import asyncio
import datetime
import json
import sys

import azure.durable_functions as df
from azure.durable_functions.models.OrchestrationRuntimeStatus import OrchestrationRuntimeStatus as Status
from azure.durable_functions.models.utils import http_utils

# An orchestration that takes the input of each kind and gives it back, and one that waits for an event of each kind.
KINDS = {
    "Order": {"item": "cable", "count": 2, "tags": ["a", "b"]},
    "Numbers": [1, 2, 3],
    "Number": 5,
    "Fraction": 2.5,
    "Truth": True,
    "Nested": {"a": {"b": [[1], []]}},
    "NoNumbers": [],
}


def check(what, condition, *details):
    if not condition:
        raise AssertionError(f"{what}: {details}")
    print(what, flush=True)


async def raises(call, part):
    """What the client says when the server refuses."""
    try:
        await call
    except Exception as error:  # the client raises nothing narrower
        return part in str(error)
    return False


async def ended(client, instance):
    """Waits for the end of an instance as this client does: by asking."""
    response = await client.wait_for_completion_or_create_check_status_response(None, instance, 20_000, 50)
    return response.status_code, response.get_body().decode()


async def started(client, instance):
    while (await client.get_status(instance)).runtime_status == Status.Pending:
        await asyncio.sleep(0.02)


async def inputs(client):
    for kind, value in KINDS.items():
        instance = await client.start_new(f"Take{kind}", client_input=value)
        code, body = await ended(client, instance)
        check(f"start_new with {kind}", code == 200 and json.loads(body) == value, code, body)
    instance = await client.start_new("TakeMaybe", instance_id="maybe-1")
    check("start_new with an ID", instance == "maybe-1", instance)
    check("start_new without input", await ended(client, instance) == (200, "-1"))
    instance = await client.start_new("TakeMaybe", client_input=7)
    check("start_new with an optional input", await ended(client, instance) == (200, "7"))
    instance = await client.start_new("takemaybe")
    check("start_new in other letters", (await ended(client, instance))[0] == 200)
    check("start_new of what is not there",
          await raises(client.start_new("Nothing"), "Registered: "))
    check("start_new with a version", await raises(client.start_new("TakeMaybe", version="2"), "'version' is '2'"))


async def events(client):
    for kind, value in KINDS.items():
        instance = await client.start_new(f"Await{kind}")
        await client.raise_event(instance, "Data", value)
        code, body = await ended(client, instance)
        check(f"raise_event with {kind}", code == 200 and json.loads(body) == value, code, body)
    instance = await client.start_new("AwaitMaybe")
    await client.raise_event(instance, "Data", None)
    check("raise_event with null", await ended(client, instance) == (200, "-1"))
    for text in ["plain", "[1,2]", "{\"a\":1}", "5", "null", "", "Zoë 🐉"]:
        instance = await client.start_new("AwaitText")
        await client.raise_event(instance, "Data", text)
        code, body = await ended(client, instance)
        # What is declared as text is the text that was sent, and this client sends JSON.
        check(f"raise_event with the text {text!r}", code == 200 and text in (body, decoded(body)), code, body)
    instance = await client.start_new("AwaitText")
    check("raise_event to nobody", await raises(client.raise_event("nobody", "Data", 1), "No instance with ID"))
    await client.terminate(instance, "enough")
    check("raise_event to an ended one", await raises(client.raise_event(instance, "Data", 1), "is gone"))


def decoded(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


async def steering(client):
    instance = await client.start_new("AwaitNumber", "steered")
    await started(client, instance)
    await client.suspend(instance, "look at this")
    check("suspend", (await client.get_status(instance)).runtime_status == Status.Suspended)
    await client.resume(instance, "go on")
    check("resume", (await client.get_status(instance)).runtime_status == Status.Running)
    check("rewind of one that runs", await raises(client.rewind(instance, "no"), "only failed ones"))
    check("purge of one that runs", await raises(client.purge_instance_history(instance), "412"))
    await client.terminate(instance, 'no more "tea" & cake')
    status = await client.get_status(instance, show_input=True)
    check("terminate", status.runtime_status == Status.Terminated and status.output == 'no more "tea" & cake', status.output)
    await client.terminate(instance, "again")
    check("terminate of an ended one", True)
    check("terminate of nobody", await raises(client.terminate("nobody", "x"), "No instance with ID"))
    check("rewind of an ended one", await raises(client.rewind(instance, "no"), "only supported on failed"))
    failed = await client.start_new("Failing")
    code, body = await ended(client, failed)
    check("a failure", code == 500 and "Failed" in body, code, body)
    check("rewind of a failed one", await raises(client.rewind(failed, "again"), "cannot rewind"))
    check("rewind of nobody", await raises(client.rewind("nobody", "x"), "No instance with ID"))

    first = await client.start_new("TakeNumber", client_input=9)
    await ended(client, first)
    again = await client.restart(first)
    again = again["id"] if isinstance(again, dict) else again
    check("restart as a new instance", again != first and (await ended(client, again)) == (200, "9"), again)
    same = await client.restart(first, False)
    same = same["id"] if isinstance(same, dict) else same
    check("restart under the same ID", same == first and (await ended(client, same)) == (200, "9"), same)


async def looking(client):
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=36500)
    end = begin + datetime.timedelta(days=73000)
    instance = await client.start_new("TakeNumber", "seen-1", 4)
    await ended(client, instance)
    status = await client.get_status(instance, show_history=True, show_history_output=True, show_input=True)
    check("get_status", status.name == "TakeNumber" and status.output == 4 and status.created_time is not None, status)
    check("get_status with history", [row["EventType"] for row in status.historyEvents or status.history or []][-1:]
          == ["ExecutionCompleted"] if hasattr(status, "historyEvents") else True)
    nobody = await client.get_status("nobody")
    check("get_status of nobody", nobody.name is None and nobody.runtime_status is None, nobody)
    everything = await client.get_status_all()
    check("get_status_all", any(one.instance_id == instance for one in everything), len(everything))
    some = await client.get_status_by(begin, end, [Status.Completed], "seen-")
    check("get_status_by", [one.instance_id for one in some] == [instance], [one.instance_id for one in some])
    waiting = await client.start_new("AwaitNumber", "unseen-1")
    response = await client.wait_for_completion_or_create_check_status_response(None, waiting, 100, 50)
    check("wait_for_completion_or_create_check_status_response of one that goes on", response.status_code == 202)
    await client.terminate(waiting, "over")


async def purging(client):
    instance = await client.start_new("TakeNumber", "gone-1", 4)
    await ended(client, instance)
    check("purge_instance_history", (await client.purge_instance_history(instance)).instances_deleted == 1)
    check("purge_instance_history of nobody", (await client.purge_instance_history(instance)).instances_deleted == 0)
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=36500)
    purged = await client.purge_instance_history_by(
        begin, begin + datetime.timedelta(days=73000), [Status.Completed, Status.Failed, Status.Terminated])
    check("purge_instance_history_by", purged.instances_deleted > 10, purged.instances_deleted)
    check("nothing is left", await client.get_status_all() == [])


async def main(origin, hub):
    base = f"{origin}/runtime/webhooks/durabletask"
    urls = {name: f"{base}/instances/INSTANCEID{path}?taskHub={hub}" for name, path in {
        "statusQueryGetUri": "", "sendEventPostUri": "/raiseEvent/{eventName}", "terminatePostUri": "/terminate"}.items()}
    client = df.DurableOrchestrationClient(json.dumps({
        "taskHubName": hub, "creationUrls": {}, "managementUrls": {"id": "INSTANCEID", **urls}, "rpcBaseUrl": base + "/"}))
    try:
        for part in (inputs, events, steering, looking, purging):
            await part(client)
    finally:
        await http_utils._close_session()
    print("all is as it should be")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
