import Warren

/// A history as numbered lines, given whole or in parts.
struct HistoryLines {
    private let width: Int
    private let style: Style
    private var number = 0

    /// - Parameter count: the number of events.
    init(count: Int, style: Style) {
        width = String(count).count
        self.style = style
    }

    var heading: String { style.faint("History") }

    /// The next event's line.
    mutating func line(_ event: Payload) -> String {
        number += 1
        let text = String(number)
        let indent = String(repeating: " ", count: max(0, width - text.count))
        return "  " + style.faint(indent + text) + "  " + HistoryLine(event).text
    }
}
