/// A text that equals another only if both have the same bytes.
///
/// Swift's `String` compares by canonical equivalence: `é` as one scalar equals `e` with a combining accent. SQLite, AMQP
/// and JSON compare bytes. Every ID, event name and message key that is a key in memory is wrapped in this type, so that
/// memory and file agree on what is the same.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both texts have the same bytes.
    package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
