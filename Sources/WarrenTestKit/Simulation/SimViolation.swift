/// An invariant that does not hold.
package struct SimViolation: Error, Sendable, CustomStringConvertible {
    /// The name of the invariant: `I1` to `I6` of the correctness argument, `E1` to `E6` of the conditions at the end,
    /// or `stuck`.
    package var invariant: String
    /// The entity for which it does not hold.
    package var entity: String
    package var detail: String

    package var description: String { "\(invariant) does not hold for \(entity): \(detail)" }
}
