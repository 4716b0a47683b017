/// A value behind one word, for a part of a value that is rarely there, or that is copied more often than it is made.
///
/// Histories, messages and rows are copied several times in each step. A copy takes one operation for each reference inside,
/// and room for all of it: so what most of them do not have stands apart.
final class Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static func == (left: Boxed, right: Boxed) -> Bool { left === right || left.value == right.value }

    func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
