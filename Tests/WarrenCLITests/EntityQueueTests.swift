import Testing
import Warren

@testable import WarrenCLI
@testable import WarrenClient

@Suite("What waits at an entity", .timeLimit(.minutes(1)))
struct EntityQueueTests {
    private func entity(_ waits: [OpenWait], more: Int = 0, lockedBy: String? = nil) throws -> EntityStatus {
        let lock = lockedBy.map { #","lockedBy":"\#($0)""# } ?? ""
        var status = OrchestrationStatus(
            name: "@counter", instanceID: "@counter@a", executionID: "e", runtimeStatus: .running,
            createdAt: Timestamp(microseconds: 0), lastUpdatedAt: Timestamp(microseconds: 0),
            output: Payload(json: "5"), customStatus: Payload(json: #"{"entityExists":true\#(lock)}"#))
        status.waits = waits
        status.furtherWaits = more
        return try #require(EntityStatus(status, isWhole: true))
    }

    @Test("The lines name operations and senders, count the rest, and hostile text moves no cursor")
    func lines() throws {
        let since = Timestamp(microseconds: 1_893_499_200_000_000)
        let waits = [
            OpenWait(kind: .request, name: "add", since: since, instanceID: "i1", number: 3),
            OpenWait(kind: .request, name: "a\u{1B}[2Jb\n\r", since: since),
        ]
        let lines = try entity(waits, more: 4, lockedBy: "holder\u{9B}").queueLines
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("6 requests wait or run, locked by holder"))
        #expect(lines[1] == "  add from i1 since 2030-01-01T12:00:00Z")
        #expect(lines[3] == "  and 4 more")
        for line in lines {
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9B }, "\(line)")
        }
        #expect(try entity([]).queueLines.isEmpty)
    }

    @Test("The line of JSON has the requests as they are")
    func json() throws {
        let hostile = "\"<img>\u{1B}"
        let line = try entity([OpenWait(kind: .request, name: hostile, instanceID: "i1")]).line(withState: true)
        #expect(line.contains(#""queued":1,"queue":[{"operation":"\"<img>\u001b","sender":"i1"}]"#), "\(line)")
        #expect(line.contains(#""state":5"#))
    }
}
