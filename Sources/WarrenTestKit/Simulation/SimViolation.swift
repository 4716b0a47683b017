/// An invariant that does not hold.
package struct SimViolation: Error, Sendable, CustomStringConvertible {
    /// `I1` to `I6` of the correctness argument, `E1` to `E6` of what is to be seen at the end, `stuck`.
    package var invariant: String
    /// What it does not hold for.
    package var entity: String
    package var detail: String

    package var description: String { "\(invariant) does not hold for \(entity): \(detail)" }
}
