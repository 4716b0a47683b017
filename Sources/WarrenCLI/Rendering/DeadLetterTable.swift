import Warren
import WarrenMessaging

/// Dead letters as aligned columns.
struct DeadLetterTable {
    /// The facts that a listing keeps of a letter.
    struct Row: Sendable {
        let id: String
        let when: String
        let reason: String
        let origin: String
        let detail: String

        init(_ letter: DeadLetterEntry) {
            id = letter.id
            when = letter.at.map(\.shortText) ?? "?"
            reason = letter.reason.printable.shortened(to: 30)
            origin = "\(letter.exchange) \(letter.routingKey)".printable.shortened(to: 44)
            detail = letter.detail.printable.shortened(to: 70)
        }
    }

    let rows: [Row]
    let style: Style

    /// The lines, the heading first.
    var lines: [String] {
        let reason = max("REASON".count, rows.map(\.reason.count).max() ?? 0)
        let origin = max("FROM".count, rows.map(\.origin.count).max() ?? 0)
        let time = "2026-11-21T04:22:56Z".count
        func line(_ id: String, _ when: String, _ why: String, _ from: String, _ detail: String) -> String {
            [id.padded(to: 10), when.padded(to: time), why.padded(to: reason), from.padded(to: origin), detail]
                .joined(separator: "  ")
        }
        return [style.faint(line("ID", "WHEN", "REASON", "FROM", "DETAIL"))]
            + rows.map { line($0.id, $0.when, $0.reason, $0.origin, $0.detail) }
    }
}
