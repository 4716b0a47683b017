import TestSupport
import Testing

/// The official Python client of Durable Functions against the patterns sample, over HTTP and a real broker.
@Suite(
    "Clients of Durable Functions", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct DurableFunctionsClientTests {
    /// Whether the Python of the tests has the client. In CI it has.
    private static func isExpected() async throws -> Bool {
        if TestBroker.isCI { return true }
        return try await Program.run(Program.python, ["-c", "import azure.durable_functions"]).exitCode == 0
    }

    private static let program = #"""
        import asyncio, datetime, json, sys
        import azure.durable_functions as df
        from azure.durable_functions.models.OrchestrationRuntimeStatus import OrchestrationRuntimeStatus as Status
        from azure.durable_functions.models.utils import http_utils

        def check(what, condition, *details):
            if not condition:
                raise AssertionError(f"{what}: {details}")

        async def refused(call, part):
            try:
                await call
            except Exception as error:
                return part in str(error)
            return False

        async def ended(client, instance):
            answer = await client.wait_for_completion_or_create_check_status_response(None, instance, 60_000, 50)
            return answer.status_code, answer.get_body().decode()

        async def started(client, instance):
            while (await client.get_status(instance)).runtime_status == Status.Pending:
                await asyncio.sleep(0.02)

        async def main(origin, hub):
            base = f"{origin}runtime/webhooks/durabletask"
            urls = {"id": "INSTANCEID", "statusQueryGetUri": f"{base}/instances/INSTANCEID"}
            client = df.DurableOrchestrationClient(json.dumps({
                "taskHubName": hub, "creationUrls": {}, "managementUrls": urls, "rpcBaseUrl": f"{base}/"}))
            hello = await client.start_new("hellocities", client_input=["Tokyo", "Oslo"])
            check("start_new", await ended(client, hello) == (200, '["Hello Tokyo!", "Hello Oslo!"]'))
            sum = await client.start_new("Aggregator", "sum")
            await started(client, sum)
            for data in [5, 7]:
                await client.raise_event(sum, "Add", data)
            await client.raise_event(sum, "Stop", "enough")
            check("raise_event", await ended(client, sum) == (200, "12"))
            check("raise_event 410", await refused(client.raise_event(sum, "Add", 1), "is gone"))
            check("raise_event 404", await refused(client.raise_event("nobody", "Add", 1), "No instance"))
            check("rewind 410", await refused(client.rewind(sum, "x"), "only supported on failed"))
            check("version", await refused(client.start_new("Aggregator", version="2!"), "cannot be a version"))

            open = await client.start_new("Aggregator", "open")
            await started(client, open)
            await client.suspend(open, "look")
            check("suspend", (await client.get_status(open)).runtime_status == Status.Suspended)
            await client.resume(open, "go")
            check("resume", (await client.get_status(open)).runtime_status == Status.Running)
            check("purge 412", await refused(client.purge_instance_history(open), "412"))
            check("rewind 412", await refused(client.rewind(open, "x"), "only failed"))
            waiting = await client.wait_for_completion_or_create_check_status_response(None, open, 100, 50)
            check("wait", waiting.status_code == 202)
            await client.terminate(open, "enough")
            check("terminate", (await client.get_status(open)).output == "enough")

            check("get_status of nobody", (await client.get_status("nobody")).name is None)
            check("get_status_all", len(await client.get_status_all()) == 3)
            now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
            some = await client.get_status_by(now - day, now + day, [Status.Terminated], "op")
            check("get_status_by", [one.instance_id for one in some] == ["open"])
            again = await client.restart("sum", False)
            check("restart", (again["id"] if isinstance(again, dict) else again) == "sum")
            await client.terminate("sum", "x")
            check("purge", (await client.purge_instance_history("open")).instances_deleted == 1)
            check("purge of nobody", (await client.purge_instance_history("open")).instances_deleted == 0)
            ends = [Status.Completed, Status.Terminated]
            purged = await client.purge_instance_history_by(now - day, now + day, ends)
            check("purge by", purged.instances_deleted >= 1)
            await http_utils._close_session()
            print("as it should be")

        asyncio.run(main(*sys.argv[1:]))
        """#

    @Test(
        "azure-functions-durable 1.7.0 starts, steers, asks and purges, and its mistakes leave no dead letter",
        .enabled("Needs azure-functions-durable: run scripts/test.") { try await isExpected() })
    func python() async throws {
        try await SampleHost.running(["--http-port", "0"]) { fixture, host in
            let result = try await Program.run(
                Program.python, ["-c", Self.program, try host.address, fixture.hub])
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(result.output == "as it should be\n")
            #expect(try await fixture.warren("dead", "list").errors == "no dead letters\n")
        }
    }
}
