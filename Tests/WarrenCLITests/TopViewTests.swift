import Testing
import Warren
import WarrenSupport

@testable import WarrenCLI

/// What `warren top` shows of a hub.
@Suite("Views of a hub")
struct TopViewTests {
    private let plain = Style(isColourful: false)
    private let now = Timestamp(microseconds: 1_796_083_200_000_000)

    private func waiting(_ id: String, for event: String) -> OrchestrationStatus {
        let created = now.advanced(by: .seconds(-400_000))
        var instance = OrchestrationStatus(
            name: "Order", instanceID: id, executionID: "x-\(id)", runtimeStatus: .running, createdAt: created,
            lastUpdatedAt: now.advanced(by: .seconds(-300_000)))
        let wait = OpenWait(kind: .event, name: event, since: now.advanced(by: .seconds(-3 * 86_400)))
        instance.show(OpenWaits(listed: [wait]))
        return instance
    }

    @Test("A view of a hub has its numbers, what changed since the view before, and what has waited the longest")
    func top() throws {
        func view(_ seconds: Int64, running: Int, completed: Int, incomplete: [Int] = []) -> TopView {
            TopView(
                hub: "shop", at: now.advanced(by: .seconds(seconds)),
                counts: [.running: running, .completed: completed],
                waiting: [waiting("order-7", for: "Approval")], owners: .records([nil]), incomplete: incomplete)
        }
        let first = view(0, running: 10, completed: 100)
        #expect(first.comparing(with: nil).rates == nil)
        let second = view(2, running: 12, completed: 105).comparing(with: first)
        #expect(
            second.lines(plain) == [
                "hub shop  2026-12-01T00:00:02Z",
                "Pending 0  Running 12  Suspended 0  Completed 105  Failed 0  Terminated 0  new 3.5/s  ended 2.5/s",
                "PARTITION  OWNER", "0          nobody yet", "longest waiting:",
                "ID       NAME   STATUS   CREATED               UPDATED               ABOUT",
                "order-7  Order  Running  2026-11-26T08:53:20Z  2026-11-27T12:40:00Z  waits for event Approval (3 d)",
            ])
        let json = try JSONValue(Payload(json: second.json.text))
        #expect(json["counts"]?["Running"] == 12 && json["newPerSecond"] == 3.5 && json["endedPerSecond"] == 2.5)
        #expect(json["longestWaiting"]?[0]?["instanceId"] == "order-7" && json["incomplete"] == nil)
        // A purge takes away from both; and what did not answer cannot be compared.
        #expect(view(4, running: 12, completed: 5).comparing(with: second).lines(plain)[1].hasSuffix("ended -50.0/s"))
        let part = view(6, running: 1, completed: 1, incomplete: [1]).comparing(with: second)
        #expect(part.rates == nil && part.lines(plain)[2] == "without partition 1, which did not answer")
    }

    @Test("A name from a peer does not control the terminal")
    func hostile() {
        let view = TopView(
            hub: "h", at: now, counts: [:], waiting: [waiting("\u{1B}[2J", for: "\u{1B}]0;x\u{7}")], owners: nil,
            incomplete: [])
        #expect(!(view.lines(plain).joined() + view.json.text).contains("\u{1B}"))
    }
}
