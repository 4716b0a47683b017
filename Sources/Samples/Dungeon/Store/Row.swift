/// A row of a query's result.
struct Row: Sendable {
    let values: [Database.Value]

    func text(_ column: Int) -> String { optionalText(column) ?? "" }

    func optionalText(_ column: Int) -> String? {
        if case .text(let text) = values[column] { text } else { nil }
    }

    func flag(_ column: Int) -> Bool { values[column] == .integer(1) }
}
