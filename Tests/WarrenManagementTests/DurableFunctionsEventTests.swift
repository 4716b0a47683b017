#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenManagement
import WarrenTestKit

/// The official Python client of Durable Functions, with inputs and events of every kind of JSON.
@Suite("Management API: what the Python client sends", .timeLimit(.minutes(5)))
struct DurableFunctionsEventTests {
    private static func isExpected() async throws -> Bool {
        if TestBroker.isCI { return true }
        return try await Program.run(Program.python, ["-c", "import azure.durable_functions"]).exitCode == 0
    }

    private static let program = #"""
        import asyncio, json, sys
        import azure.durable_functions as df
        from azure.durable_functions.models.OrchestrationRuntimeStatus import OrchestrationRuntimeStatus as Status
        from azure.durable_functions.models.utils import http_utils

        # What is declared, what is sent, and what the orchestrator has of it.
        item = {"name": "a", "count": 2, "parts": ["x", "ü\n\"\\"]}
        kinds = [
            ("Object", item, item), ("Object", {"name": ""}, {"name": ""}), ("MaybeObject", item, item),
            ("Map", {}, {}), ("Map", {"a": [1, 2], "b": []}, {"a": [1, 2], "b": []}),
            ("Texts", [], []), ("Texts", ["Tokyo", ""], ["Tokyo", ""]), ("MaybeTexts", ["x"], ["x"]),
            ("Whole", 0, 0), ("Whole", -7, -7), ("Whole", 2**53 + 1, 2**53 + 1), ("MaybeWhole", 5, 5),
            ("Fraction", 2.5, 2.5), ("Fraction", 1e300, 1e300), ("Fraction", 3, 3), ("MaybeFraction", -0.25, -0.25),
            ("Truth", True, True), ("Truth", False, False), ("MaybeTruth", False, False),
            ("MaybeColor", "red", "red"), ("MaybeDate", "2030-01-01T12:00:00Z", "2030-01-01T12:00:00Z"),
        ]
        # The client writes JSON into a JSON string, so that a text, and what may be anything, is that JSON.
        texts = ["enough", "", "5", "null", "ü\n\"\\", item, [1], 5, 2.5, True]
        for data in texts:
            for kind in ["Text", "MaybeText", "Anything", "MaybeAnything", "Raw", "MaybeRaw"]:
                kinds.append((kind, data, json.dumps(data)))
        # No data: an input is absent then, an event is the JSON text `null`.
        nothing = ["MaybeWhole", "MaybeFraction", "MaybeTruth", "MaybeTexts", "MaybeObject", "MaybeMap", "MaybeColor",
            "MaybeDate", "MaybeUUID", "MaybeDecimal"]

        def same(one, other):
            return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

        async def check(client, instance, what, wanted):
            await client.wait_for_completion_or_create_check_status_response(None, instance, 60_000, 20)
            status = await client.get_status(instance)
            if status.runtime_status != Status.Completed or not same(status.output, wanted):
                print(f"{what}: {status.runtime_status} {status.output!r} instead of {wanted!r}")

        async def main(port):
            client = df.DurableOrchestrationClient(json.dumps({
                "taskHubName": "test", "creationUrls": {}, "managementUrls": {"id": "INSTANCEID"},
                "rpcBaseUrl": f"http://localhost:{port}/runtime/webhooks/durabletask/"}))

            async def send(kind, data, by_input, by_event):
                one = await client.start_new("Input" + kind, client_input=data)
                other = await client.start_new("Event" + kind)
                await client.raise_event(other, "Go", data)
                await check(client, one, f"input {data!r} as {kind}", by_input)
                await check(client, other, f"event {data!r} as {kind}", by_event)

            for kind, data, wanted in kinds:
                await send(kind, data, wanted, wanted)
            for kind in nothing:
                await send(kind, None, None, None)
                # A text that is empty stands for nothing there, too.
                await send(kind, "", None, None)
            await send("Nothing", None, "nothing", "nothing")
            await send("Nothing", "x", "nothing", "nothing")
            await send("Lenient", None, -1, -1)
            for kind in ["MaybeText", "MaybeAnything", "MaybeRaw"]:
                await send(kind, None, None, "null")
            await http_utils._close_session()
            print("all was sent")

        asyncio.run(main(sys.argv[1]))
        """#

    @Test(
        "Inputs and events of every kind of JSON arrive as what the orchestrator declares",
        .enabled("Needs azure-functions-durable: run scripts/test.") { try await isExpected() })
    func everyKind() async throws {
        try await API.serving(over: .socket, register: AnyKind.register) { api, _ async throws in
            let port = try #require(api.client.port)
            let result = try await Program.run(Program.python, ["-c", Self.program, "\(port)"])
            #expect(result.output == "all was sent\n", "\(result.output)\(result.errors)")
        }
    }
}
#endif
