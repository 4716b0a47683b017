import Foundation
import TestSupport
import Testing
import Warren

@testable import Patterns

@Suite("warren doctor", .enabled(if: TestBroker.isAvailable, TestBroker.remedy), .timeLimit(.minutes(5)))
struct DoctorCommandTests {
    @Test("A hub that runs is healthy; each thing that breaks is told, and its remedy mends it")
    func hub() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let none = try await fixture.warren("doctor")
            #expect(none.exitCode == 1, "\(none.output)")
            #expect(none.output.contains("mend: warren hub create --hub \(fixture.hub)\n"), "\(none.output)")

            try await HostProcess.running(Program.product("patterns"), fixture.hostArguments) { _ in
                #expect(try await fixture.warren("start", "HelloCities", "--wait").exitCode == 0)
                let healthy = try await fixture.warren("doctor", "--data", fixture.data.path)
                #expect(healthy.exitCode == 0, "\(healthy.output)\(healthy.errors)")
                for check in ["broker", "hub", "rights", "hosts", "queues", "answers", "data"] {
                    #expect(healthy.output.contains("ok      \(check)"), "\(check): \(healthy.output)")
                }
            }

            // No host, a queue that is gone, a file that others may read.
            let queue = "\(fixture.hub).partition.01.intake"
            try await TestBroker.remove(queues: [queue])
            let file = fixture.data.appending(path: "\(fixture.hub).partition.00.sqlite").path
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            let ill = try await fixture.warren("doctor", "--data", fixture.data.path, "--json")
            #expect(ill.exitCode == 1)
            let findings = try ill.output.split(separator: "\n").map { try JSONValue(Payload(json: String($0))) }
            func remedy(_ text: String) -> String? {
                findings.first { $0["level"] == "wrong" && $0["found"]?.stringValue?.contains(text) == true }?[
                    "remedy"]?
                    .stringValue
            }
            #expect(remedy("no host of hub")?.contains("--hub \(fixture.hub)") == true, "\(ill.output)")
            let make = try #require(remedy("the queue \(queue) is missing"), "\(ill.output)")
            let close = try #require(remedy("others may read \(file)"), "\(ill.output)")
            #expect(findings.count { $0["level"] == "wrong" } == 3, "\(ill.output)")

            let words = make.split(separator: " ").dropFirst().map(String.init)
            #expect(try await Program.warren(words + ["--broker", fixture.broker]).exitCode == 0, "\(make)")
            #expect(try await Program.run("sh", ["-c", close]).exitCode == 0, "\(close)")
            let mended = try await fixture.warren("doctor", "--data", fixture.data.path)
            #expect(mended.output.components(separatedBy: "\nwrong ").count == 2, "\(mended.output)")
        }
    }

    @Test(
        "A user without a host's rights is told which right is missing, and the command that gives it",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func rights() async throws {
        try await HostFixture.run(activities: []) { fixture in
            #expect(try await fixture.warren("hub", "create", "--partitions", "2").exitCode == 0)
            let user = "doctor-\(fixture.hub)"
            try await TestBroker.control("ctl", "add_user", user, "secret")
            try await withCleanUp {
                var url = try #require(URLComponents(string: fixture.broker))
                (url.user, url.password) = (user, "secret")
                let broker = try #require(url.string)
                let outside = try await Program.warren(["doctor", "--hub", fixture.hub, "--broker", broker])
                #expect(outside.exitCode == 1 && outside.output.contains("wrong   broker"), "\(outside.output)")
                try await TestBroker.control(
                    "ctl", "set_permissions", "-p", "/", user, "^\(fixture.hub)\\.", "^$", ".*")
                let poor = try await Program.warren(["doctor", "--hub", fixture.hub, "--broker", broker])
                #expect(poor.exitCode == 1)
                #expect(poor.output.contains("'\(user)' may not write \(fixture.hub).activity"), "\(poor.output)")
                #expect(
                    poor.output.contains(
                        "mend: rabbitmqctl set_permissions -p / \(user) '^(reply\\.)?\(fixture.hub)\\.' "),
                    "\(poor.output)")
                #expect(!poor.output.contains("secret") && !poor.errors.contains("secret"))
            } afterwards: {
                try await TestBroker.control("ctl", "delete_user", user)
            }
        }
    }

    @Test(
        "A user with a host's rights and no queue for answers is told so, and not that the hosts are silent",
        .enabled(if: TestBroker.isControllable, TestBroker.controlRemedy))
    func noAnswers() async throws {
        let activities = activityNames { registerPatterns(with: $0, jobs: "") }
        try await HostFixture.run(activities: activities) { fixture in
            let user = "doctor-\(fixture.hub)"
            try await TestBroker.control("ctl", "add_user", user, "secret")
            try await withCleanUp {
                let hub = fixture.hub
                try await TestBroker.control(
                    "ctl", "set_permissions", "-p", "/", user, "^\(hub)\\.", "^(\(hub)\\.|amq\\.default$)", "^\(hub)\\."
                )
                var url = try #require(URLComponents(string: fixture.broker))
                (url.user, url.password) = (user, "secret")
                let broker = try #require(url.string)
                try await HostProcess.running(Program.product("patterns"), fixture.hostArguments) { _ in
                    let weak = try await Program.warren(["doctor", "--hub", hub, "--broker", broker, "--json"])
                    #expect(weak.exitCode == 1, "\(weak.output)")
                    let findings = try weak.output.split(separator: "\n").map {
                        try JSONValue(Payload(json: String($0)))
                    }
                    let wrong = findings.filter { $0["level"] == "wrong" }
                    #expect(wrong.count == 1 && wrong.first?["check"] == "answers", "\(weak.output)")
                    #expect(wrong.first?["found"]?.stringValue?.hasPrefix("'\(user)' may not ask the hosts") == true)
                    let remedy = try #require(wrong.first?["remedy"]?.stringValue)
                    #expect(remedy.hasPrefix("rabbitmqctl set_permissions -p / \(user) "), "\(remedy)")
                    // The remedy mends it, and takes no right away.
                    let words = remedy.split(separator: " ").map { $0.trimmingCharacters(in: ["'"]) }
                    try #require(words.count == 8)
                    try await TestBroker.control(
                        "ctl", "set_permissions", "-p", "/", user, words[5], words[6], words[7])
                    let well = try await Program.warren(["doctor", "--hub", hub, "--broker", broker])
                    #expect(well.exitCode == 0, "\(well.output)")
                }
            } afterwards: {
                try await TestBroker.control("ctl", "delete_user", user)
            }
        }
    }

    @Test("A broker that cannot be reached is the one finding, without the password")
    func unreachable() async throws {
        let result = try await Program.warren(["doctor", "--broker", "amqp://ann:secret-word@127.0.0.1:1/"])
        #expect(result.exitCode == 1)
        #expect(result.output.contains("wrong   broker      No connection to the broker amqp://ann:***@127.0.0.1:1"))
        #expect(result.output.components(separatedBy: "\nwrong").count == 1, "\(result.output)")
        #expect(!result.output.contains("secret-word") && !result.errors.contains("secret-word"))
    }
}
