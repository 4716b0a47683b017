import Foundation
import TestSupport
import Testing

@testable import WarrenMessaging

/// That every refusal is explained to those whom it meets.
@Suite("The words of refusals")
struct RefusalWordsTests {
    /// A page of the catalog.
    private func page(_ name: String) throws -> String {
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return try String(contentsOf: folder.appending(path: "Sources/Warren/Warren.docc/\(name).md"), encoding: .utf8)
    }

    @Test(
        "Every reason stands in the catalog's table, with who is refused, the words and a remedy",
        arguments: Refusal.Reason.allCases)
    func catalog(reason: Refusal.Reason) throws {
        let row = try page("Refusals").split(separator: "\n").first { $0.hasPrefix("| `\(reason.rawValue)` |") }
        let cells = try #require(row, "\(reason.rawValue) has no row in Refusals.md").split(separator: "|")
        #expect(cells.count == 4, "\(reason.rawValue)")
        #expect(cells.allSatisfy { $0.contains { $0 != " " } })
    }

    @Test("Every reason has a remedy that 'warren dead' shows", arguments: Refusal.Reason.allCases)
    func remedy(reason: Refusal.Reason) {
        #expect(DeadLetterEntry.reasonsWithRemedy.contains(reason))
        #expect(DeadLetterEntry.remedy(for: reason.rawValue).count > 20)
    }

    @Test("The contract names every reason, too")
    func contract() throws {
        let text = try page("AMQPContract")
        for reason in Refusal.Reason.allCases { #expect(text.contains("`\(reason.rawValue)`"), "\(reason.rawValue)") }
    }
}
