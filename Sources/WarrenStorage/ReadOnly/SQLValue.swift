/// A value of a row that a query returns.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// A text that is one JSON value, straight from a column of JSON.
    case json(String)
    case blob([UInt8])
}
