#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren

/// `warren serve` as a process of its own beside the sample host, over a real broker.
@Suite(
    "warren serve with the sample host", .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct ServeCommandTests {
    @Test("It answers for the hub's instances on both faces, streams their changes, and ends when it is asked to")
    func serve() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-serve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "keys.json").path
        let created = try await Program.warren(
            ["keys", "create", "--file", path, "--name", "test", "--scope", "admin"])
        let key = created.output.trimmingCharacters(in: .newlines)
        try await SampleHost.running { host in
            let arguments = [
                "serve", "--broker", host.broker, "--hub", host.hub, "--port", "0", "--keys", path,
            ]
            try await HostProcess.running(Program.product("warren"), arguments) { server in
                let port = try #require(
                    server.output.firstMatch(of: /127\.0\.0\.1:(\d+)\/api/).flatMap { Int($0.output.1) })
                let http = RouteClient(port: port)
                let headers: HTTPFields = [.authorization: "Bearer \(key)", .contentType: "application/json"]
                #expect(try await http.ask(.get, "/api/v1/hub").status == 401)
                let started = try await http.ask(
                    .post, "/api/v1/instances", #"{"orchestration":"HelloCities","id":"h","input":["Oslo"]}"#, headers)
                #expect(started.status == 201, "\(started.body)")
                let ended = try await http.ask(.get, "/api/v1/instances/h?wait=30", nil, headers)
                #expect(ended["runtimeStatus"] == "Completed", "\(ended.body)")
                #expect(ended["output"] == ["Hello Oslo!"])
                let history = try await http.ask(.get, "/api/v1/instances/h/history", nil, headers)
                #expect(history.body.split(separator: "\n").count > 3)
                #expect(try await http.ask(.get, "/api/v1/counts", nil, headers)["counts"]?["Completed"] == 1)
                let partitions = try await http.ask(.get, "/api/v1/partitions", nil, headers)
                #expect(partitions["withoutOwner"] == [], "\(partitions.body)")
                #expect(partitions["partitions"]?[0]?["owner"]?["process"]?.integerValue != nil)
                let hosts = try await http.ask(.get, "/api/v1/hosts", nil, headers)
                #expect(hosts["hosts"]?[0]?["partitions"]?[0] == 0, "\(hosts.body)")
                #expect(try await http.ask(.get, "/api/v1/queues", nil, headers).status == 200)
                let old = try await http.ask(.get, "/runtime/webhooks/durabletask/instances/h?code=\(key)")
                #expect(old["output"] == ["Hello Oslo!"])
                let text = try await firstEvents(of: port, key: key)
                #expect(text.contains("event: ready"))
            }
        }
    }

    @Test("SIGTERM ends it at once, whoever waits for an instance or reads a stream")
    func stop() async throws {
        try await SampleHost.running { host in
            let arguments = ["serve", "--broker", host.broker, "--hub", host.hub, "--port", "0"]
            let server = try await HostProcess.start(Program.product("warren"), arguments)
            let port = try #require(
                server.output.firstMatch(of: /127\.0\.0\.1:(\d+)\/api/).flatMap { Int($0.output.1) })
            let http = RouteClient(port: port)
            let started = try await http.ask(
                .post, "/api/v1/instances", #"{"orchestration":"Approval","id":"open"}"#,
                [.contentType: "application/json"])
            #expect(started.status == 201, "\(started.body)")
            // A program that waits for the instance and reads a stream, which says that it is ready.
            let reader = try await HostProcess.start(Program.python, ["-uc", Self.reader, "\(port)"])
            let begin = ContinuousClock.now
            #expect(try await server.terminate() == 0)
            #expect(ContinuousClock.now - begin < .seconds(60))
            #expect(try await reader.end())
            #expect(reader.output.contains("waited: HTTP/1.1 200"), "\(reader.output)")
        }
    }

    private static let reader = """
        import socket, sys, urllib.request
        port = int(sys.argv[1])
        waiting = socket.create_connection(("127.0.0.1", port))
        waiting.sendall(b"GET /api/v1/instances/open?wait=200 HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
        for line in urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/events"):
            print(line.decode(), end="")
        print("waited:", waiting.recv(100).decode())
        """

    /// What the stream of console lines begins with, over the socket.
    private func firstEvents(of port: Int, key: String) async throws -> String {
        let program = """
            import sys, urllib.request
            request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
            for line in urllib.request.urlopen(request, timeout=60):
                print(line.decode(), end="")
                if b"ready" in line:
                    break
            """
        return try await Program.run(
            Program.python, ["-c", program, "http://127.0.0.1:\(port)/api/v1/console", key]
        ).output
    }

    @Test("It does not listen for other machines without keys, and says what to do")
    func noKeys() async throws {
        try await HostFixture.run(activities: []) { fixture in
            let refused = try await Program.warren(
                [
                    "serve", "--broker", fixture.broker, "--hub", fixture.hub, "--address", "0.0.0.0", "--port", "0",
                ])
            #expect(refused.exitCode == 2)
            #expect(refused.errors.contains("warren keys create"))
        }
    }
}
#endif
