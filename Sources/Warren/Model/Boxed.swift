/// A value behind one word, for a part of a value that is rarely there, or that is copied more often than it is made.
///
/// Histories, messages and rows are copied several times in each step, and a copy takes time for each reference inside. So
/// the parts that most of them lack are stored apart.
final class Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static func == (left: Boxed, right: Boxed) -> Bool { left === right || left.value == right.value }

    func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
