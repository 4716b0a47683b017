import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import Patterns

/// This version goes on with what the version before left behind. `scripts/test --upgrade` runs that version itself.
@Suite("What the version before wrote", .timeLimit(.minutes(2)))
struct BeforeTests {
    /// The versions of which there are fixtures.
    static let versions = ["schema-5"]

    @Test(
        "Instances in every state go on, and their events, timers and activities with them",
        arguments: [Durability.local, .journal], versions)
    func goingOn(durability: Durability, version: String) async throws {
        try await BeforeHub.run(durability, of: version) { hub in
            // The job that an activity looks for, which the broker did not get any more.
            #expect(FileManager.default.createFile(atPath: "\(hub.folder)/jobs/j", contents: nil))
            let first = try await hub.start()
            let client = hub.client
            try await ended(hub)
            #expect(try await client.output(of: "later").json == #"["Hello Bergen!"]"#)
            #expect(try JSONValue(try await client.output(of: "watch"))["isDone"] == true)

            try await client.resume("held")
            #expect(try await client.output(of: "held").json.contains("Approved"))
            try await client.raise(Patterns.approvalGiven, false, to: "waits")
            #expect(try await client.output(of: "waits").json.contains("Rejected"))
            try await client.raise(Patterns.add, 6, to: "total")
            try await client.raise(Patterns.stop, nil, to: "total")
            #expect(try await client.output(of: "total").json == "11")
            // Its timer was due once; the next one is in an hour.
            try await untilSeen("a timer of the version before to fire") {
                try await client.status(of: "counter")?.customStatus.map { try JSONValue($0)["value"] == 8 } ?? false
            }
            try await client.raise(Patterns.stop, "enough", to: "counter")
            #expect(try await client.output(of: "counter").json == "8")
            try await untilSeen("the event whose instance never came to be refused") {
                try await hub.transport.depth(of: hub.names.deadQueue) == 1
            }
            try await first.stop()

            // The files are this version's now.
            let second = try await hub.start()
            try await ended(hub)
            #expect(try await client.list(InstanceQuery(statuses: [.pending, .running, .suspended])).instances.isEmpty)
            #expect(try await client.start(Patterns.helloCities, ["Lima"], id: "new").result() == ["Hello Lima!"])
            try await second.stop()
        }
    }

    /// What had ended is as it was.
    private func ended(_ hub: BeforeHub) async throws {
        let done = try #require(try await hub.client.status(of: "done", includeHistory: true))
        #expect(done.runtimeStatus == .completed && done.output?.json == #"["Hello Oslo!"]"#)
        #expect(done.tags == ["team": "blue"])
        #expect(done.history?.isEmpty == false)
        let bad = try #require(try await hub.client.status(of: "bad"))
        #expect(bad.runtimeStatus == .failed && bad.failure != nil)
        let stopped = try #require(try await hub.client.status(of: "stopped"))
        #expect(stopped.runtimeStatus == .terminated && stopped.output?.json == #""no more""#)
        // By an index that the version before did not have.
        let children = try await hub.client.list(InstanceQuery(parentID: "devices")).instances
        #expect(children.count == 2 && children.allSatisfy { $0.runtimeStatus == .completed })
    }
}
