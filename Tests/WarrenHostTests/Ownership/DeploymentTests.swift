import TestSupport
import Testing
import Warren
import WarrenClient

@testable import WarrenHost

@Suite("Deployments: hosts of a shared hub that come, go, and know different orchestrations", .timeLimit(.minutes(5)))
struct DeploymentTests {
    @Test("A partition with instances that a host does not know passes it by, and goes on with the next that does")
    func rolling() async throws {
        try await SharedHub.run { hub in
            let newer = try await hub.start("newer")
            let waiting = hub.ids("waiting")
            for id in waiting { _ = try await hub.client.start(SharedHub.greet, "Hello", id: id) }
            // A host of the version before gets no partition that it could not go on with.
            let older = try await hub.start("older", knows: ["Chain"])
            try await hub.expectWork("together")
            try await hub.owners("nothing to move") { $0.allSatisfy { $0 == "newer" } }

            // Alone, it takes none of them either: it tells why, and fails no instance.
            try await newer.stop()
            let lines = try await older.log.wait(for: "cannot run what is open in a partition", count: 4)
            #expect("\(lines[0])".contains("'Greet'"), "\(lines[0])")
            #expect(try await hub.owners() == [nil, nil, nil, nil])

            let next = try await hub.start("next")
            try await hub.owners("the newer version to go on") { $0.allSatisfy { $0 == "next" } }
            for id in waiting { try await hub.client.raise(SharedHub.name, "Ada", to: id) }
            for id in waiting { #expect(try await hub.client.output(of: id).json == #""Hello Ada!""#) }
            // Now that nothing is open which it does not know, it has its share.
            try await hub.owners("a share for each") { Set($0) == ["older", "next"] }
            try await hub.expectWork("shared")

            // The deployment goes on: the last host of the version before is replaced.
            let last = try await hub.start("last")
            try await older.stop()
            try await hub.owners("a share for each") { Set($0) == ["last", "next"] }
            for id in hub.ids("again") { _ = try await hub.client.start(SharedHub.greet, "Hi", id: id) }
            for id in hub.ids("again") {
                try await hub.client.raise(SharedHub.name, "Bob", to: id)
                #expect(try await hub.client.output(of: id).json == #""Hi Bob!""#)
            }
            try await next.stop()
            try await hub.expectWork("end")
            try await last.stop()
        }
    }

    @Test("A fourth host joins under load, gets its share, and leaves again; everything completes")
    func fourth() async throws {
        try await SharedHub.run(partitions: 8) { hub in
            let three = [try await hub.start("a"), try await hub.start("b"), try await hub.start("c")]
            try await hub.owners("a share for each of three") { Set($0) == ["a", "b", "c"] }
            let (client, running) = (hub.client, Watched(true))
            let load = Task {
                var number = 0
                while running.value {
                    let ids = (0..<20).map { "load-\(number)-\($0)" }
                    for id in ids { _ = try await client.start(SharedHub.chain, 4, id: id) }
                    for id in ids { #expect(try await client.output(of: id).json == "4", "\(id)") }
                    number += 1
                }
                return number
            }
            let timed = hub.ids("timed")
            for id in timed { _ = try await hub.client.start(SharedHub.later, 4, id: id) }
            let fourth = try await hub.start("d")
            try await hub.owners("a share for the fourth") { $0.count { $0 == "d" } == 2 && !$0.contains(nil) }
            try await fourth.stop()
            try await hub.owners("three to have all again") { Set($0) == ["a", "b", "c"] }
            for id in timed { #expect(try await hub.client.output(of: id).json == #""later""#) }
            running.change { $0 = false }
            #expect(try await load.value > 0)
            for host in three { try await host.stop() }
        }
    }
}
