/// A row of a query's result. Columns are counted from 0.
public struct Row: Sendable {
    /// What is in the columns.
    public let values: [Database.Value]

    /// A text, or "" for `NULL`.
    public func text(_ column: Int) -> String { optionalText(column) ?? "" }

    /// A text, or `nil` for `NULL`.
    public func optionalText(_ column: Int) -> String? {
        if case .text(let text) = values[column] { text } else { nil }
    }

    /// A number, or 0 for `NULL`.
    public func integer(_ column: Int) -> Int {
        if case .integer(let integer) = values[column] { integer } else { 0 }
    }

    /// Whether it is 1.
    public func flag(_ column: Int) -> Bool { values[column] == .integer(1) }
}
