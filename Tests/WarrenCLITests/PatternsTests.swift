import Foundation
import TestSupport
import Testing
import Warren

@Suite(
    "The commands with the sample host", .serialized, .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .timeLimit(.minutes(5)))
struct PatternsTests {
    @Test("HelloCities greets the cities that it is given, and three of its own without")
    func helloCities() async throws {
        try await SampleHost.running { host in
            let three = #"["Hello Tokyo!","Hello Seattle!","Hello London!"]"# + "\n"
            let given = try await host.warren(
                "start", "HelloCities", "--input", #"["Tokyo","Seattle","London"]"#, "--wait")
            #expect(given.exitCode == 0)
            #expect(given.output == three)
            #expect(given.errors.hasPrefix("started HelloCities as "))
            #expect(try await host.warren("start", "HelloCities", "--wait").output == three)

            let console = try await host.warren("console", "--count", "6", "--timeout", "120s", "--json")
            #expect(console.exitCode == 0)
            let lines = console.output.split(separator: "\n").compactMap { try? JSONValue(Payload(json: String($0))) }
            #expect(lines.count == 6)
            #expect(lines.filter { $0["text"] == .string("Saying hello to Tokyo.") }.count == 2)
            #expect(lines.allSatisfy { $0["orchestration"] == .string("HelloCities") })
        }
    }

    @Test("An entity is counted on, read, signalled, listed and cleaned")
    func entities() async throws {
        try await SampleHost.running { host in
            let visit = try await host.warren("start", "CountVisit", "--input", #""home""#, "--wait")
            #expect(visit.exitCode == 0 && visit.output == "1\n", "\(visit.output) \(visit.errors)")
            #expect(try await host.warren("entity", "get", "Counter", "home").output == "1\n")
            let signal = try await host.warren("entity", "signal", "counter", "home", "add", "--data", "4")
            #expect(signal.exitCode == 0 && signal.errors.contains("sent add to @counter@home"), "\(signal.errors)")
            // A call of the same entity comes after the signal.
            #expect(try await host.warren("start", "CountVisit", "--input", #""home""#, "--wait").output == "6\n")
            let listed = try await host.warren("entity", "list", "--name", "counter", "--state", "--json")
            #expect(listed.output.contains(#""key":"home","exists":true"#), "\(listed.output) \(listed.errors)")
            #expect(listed.output.contains(#""state":6"#))
            #expect(try await host.warren("entity", "signal", "counter", "home", "delete").exitCode == 0)
            #expect(try await host.warren("start", "CountVisit", "--input", #""home""#, "--wait").output == "1\n")
            let missing = try await host.warren("entity", "get", "counter", "nobody")
            #expect(missing.exitCode == 1 && missing.errors.contains("has no entity '@counter@nobody'"))
            let cleaned = try await host.warren("entity", "clean", "--json")
            #expect(cleaned.output == #"{"emptyEntitiesRemoved":0,"orphanedLocksReleased":0}"# + "\n")
        }
    }

    @Test("An activity is stopped, limited, shown and let go")
    func limits() async throws {
        try await SampleHost.running { host in
            let shown = try await host.warren("limits")
            #expect(shown.output == "Render  4 at once  0 running  0 waiting\n", "\(shown.output) \(shown.errors)")
            let stop = try await host.warren("limits", "set", "Render", "--concurrency", "0", "--rate", "10/s")
            #expect(stop.exitCode == 0 && stop.output == "" && stop.errors.contains("the limits of Render hold"))
            let input = #"{"customer":"acme","month":"May"}"#
            #expect(try await host.warren("start", "RenderReport", "--id", "r", "--input", input).exitCode == 0)
            let waiting = try await host.warren("list", "--waits-for", "permit:Render", "--json")
            #expect(waiting.output.contains(#""kind":"permit""#), "\(waiting.output) \(waiting.errors)")
            let json = try await host.warren("limits", "show", "--json")
            #expect(
                json.output.contains(#""isSetByOperator":true,"running":0,"waiting":1,"oldest":"#), "\(json.output)")
            #expect(try await host.warren("limits", "clear", "Render").exitCode == 0)
            #expect(try await host.warren("wait", "r").output == "\"May of acme\"\n")
            let none = try await host.warren("limits")
            #expect(none.exitCode == 0 && none.errors.contains("no activity has limits"))
        }
    }

    @Test("What the hub does not know is said within the time of an answer, and a listing shows what is waited for")
    func unknown() async throws {
        try await SampleHost.running { host in
            let start = try await host.warren("start", "Nope", "--timeout", "120s")
            #expect(start.exitCode == 1)
            #expect(start.output == "")
            #expect(start.errors.contains("No orchestration 'Nope'"), "\(start.errors)")
            #expect(start.errors.contains("HelloCities"), "\(start.errors)")
            let raise = try await host.warren("raise", "nobody", "Approval", "--timeout", "120s")
            #expect(raise.exitCode == 1)
            #expect(raise.errors.contains("There is no instance 'nobody'"), "\(raise.errors)")

            #expect(try await host.warren("start", "Approval", "--id", "leave-9").exitCode == 0)
            let listed = try await host.warren("list", "--prefix", "leave-9")
            #expect(listed.output.contains("waits for event Approval ("), "\(listed.output)")
        }
    }

    @Test("The hub's queues are shown with those of its activities, and with who reads them")
    func show() async throws {
        try await SampleHost.running { host in
            let shown = try await host.warren("hub", "show", "--json")
            let queue = "\(host.hub).activity.SayHello"
            #expect(
                shown.output.contains(#"{"queue":"\#(queue)","messages":0,"consumers":1}"#),
                "\(shown.output) \(shown.errors)")
            let table = try await host.warren("hub", "show", "--activity", "Nobody")
            #expect(table.output.contains("QUEUE"))
            #expect(table.output.contains("CONSUMERS"))
            #expect(!table.output.contains("Nobody"), "an activity without a queue has nothing to show")
        }
    }

    @Test("SumOfSquares takes a number or a list, and fails readably")
    func sumOfSquares() async throws {
        try await SampleHost.running { host in
            #expect(try await host.warren("start", "SumOfSquares", "--input", "100", "--wait").output == "338350\n")
            #expect(try await host.warren("start", "SumOfSquares", "--input", "[3,4]", "--wait").output == "25\n")
            let failed = try await host.warren(
                "start", "SumOfSquares", "--input", "[5000000000]", "--id", "big", "--wait")
            #expect(failed.exitCode == 1)
            #expect(failed.output == "")
            #expect(failed.errors.contains("instance big failed"))
            #expect(failed.errors.contains("5000000000 squared does not fit into 64 bits"))
            let waited = try await host.warren("wait", "big", "--json")
            #expect(waited.exitCode == 1)
            let status = try JSONValue(Payload(json: waited.output))
            #expect(status["runtimeStatus"] == .string("Failed"))
            #expect(status["failure"]?["type"] == .string("TaskFailure"))
        }
    }

    @Test("An approval ends at once when it is given, and is escalated when it is not")
    func approval() async throws {
        try await SampleHost.running { host in
            let started = try await host.warren("start", "Approval", "--id", "leave-7", "--tag", "team=blue")
            #expect(started.output == "leave-7\n")
            let running = try await host.warren("status", "leave-7")
            #expect(running.output.contains("Status      Running\n"))
            #expect(running.output.contains("Waits for   timer #0"))
            #expect(running.output.contains("Tags        team=blue\n"))
            #expect(try await host.warren("raise", "leave-7", "approval", "--data", "true").exitCode == 0)
            #expect(
                try await host.warren("wait", "leave-7", "--timeout", "120s").output
                    == #"["Your project design proposal has been -  Approved!"]"# + "\n")
            let late = try await host.warren("raise", "leave-7", "Approval")
            #expect(late.exitCode == 1)
            #expect(late.errors.contains("Completed"))

            let escalated = try await host.warren("start", "Approval", "--input", #"{"timeoutSeconds":1}"#, "--wait")
            #expect(
                escalated.output
                    == "[\"ESCALATION : You have not approved the project design proposal - reassigning to your Manager! "
                    + "Head of department!\"]\n")
        }
    }

    @Test("A job is watched until its mark appears")
    func monitor() async throws {
        try await SampleHost.running { host in
            _ = try await host.warren(
                "start", "MonitorJob", "--id", "watch", "--input", #"{"job":"backup","everySeconds":1}"#)
            let jobs = host.data.appending(path: "jobs")
            try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
            try Data().write(to: jobs.appending(path: "backup"))
            let report = try JSONValue(
                Payload(json: try await host.warren("wait", "watch", "--timeout", "120s").output))
            #expect(report["isDone"] == .bool(true))
        }
    }

    @Test("A counter is held, goes on, and stops when it is told, or is terminated")
    func counter() async throws {
        try await SampleHost.running { host in
            _ = try await host.warren("start", "Counter", "--id", "c", "--input", #"{"value":5,"everySeconds":600}"#)
            #expect(try await host.warren("suspend", "c", "--reason", "lunch").errors == "suspended c\n")
            #expect(try await host.warren("status", "c").output.contains("Suspended"))
            #expect(try await host.warren("resume", "c").exitCode == 0)
            #expect(try await host.warren("raise", "c", "Stop").exitCode == 0)
            #expect(try await host.warren("wait", "c", "--timeout", "120s").output == "5\n")

            _ = try await host.warren("start", "Counter", "--id", "d", "--input", #"{"value":1,"everySeconds":600}"#)
            #expect(try await host.warren("terminate", "d", "--reason", "enough").exitCode == 0)
            let ended = try await host.warren("wait", "d", "--timeout", "120s")
            #expect(ended.exitCode == 1)
            #expect(ended.errors == "instance d was terminated: enough\n")
        }
    }

    @Test("Lists filter and page, and instances that are not there are told as such")
    func list() async throws {
        try await SampleHost.running { host in
            #expect(try await host.warren("list").errors == "no instances\n")
            for number in 1...5 {
                _ = try await host.warren("start", "HelloCities", "--id", "order-\(number)", "--wait")
            }
            let page = try await host.warren("list", "--limit", "2")
            #expect(page.output.split(separator: "\n").map { $0.prefix(7) } == ["ID     ", "order-5", "order-4"])
            #expect(page.errors.contains("there are more"))
            let all = try await host.warren("list", "--prefix", "order-", "--status", "completed", "--json")
            #expect(all.output.split(separator: "\n").count == 5)
            #expect(try await host.warren("list", "--name", "Approval").output == "")

            let nobody = try await host.warren("status", "nobody")
            #expect(nobody.exitCode == 1)
            #expect(nobody.errors.contains("has no instance 'nobody'"))
            #expect(try await host.warren("wait", "nobody").exitCode == 1)
            let again = try await host.warren("start", "HelloCities", "--id", "order-1", "--if-exists", "fail")
            #expect(again.exitCode == 1)
            let unknown = try await host.warren("start", "Unknown", "--timeout", "120s")
            #expect(unknown.exitCode == 1)
        }
    }
}
