import AMQPMessages
import WarrenSupport

/// Takes the headers of a message, one after the other.
///
/// A codec hands the headers over in the order of their names, each once, so that they can be written as bytes without a table.
protocol HeaderSink {
    mutating func add(_ name: String, _ value: FieldValue)
}

extension HeaderSink {
    /// Adds a text, if there is one.
    mutating func add(_ name: String, text: String?) {
        if let text { add(name, .string(text)) }
    }

    /// Adds a number, if there is one.
    mutating func add(_ name: String, number: Int64?) {
        if let number { add(name, .int64(number)) }
    }

    /// Adds a truth value, if it is true: its absence means the opposite.
    mutating func add(_ name: String, mark: Bool) {
        if mark { add(name, .bool(true)) }
    }
}

/// Counts headers.
struct HeaderCount: HeaderSink {
    var count = 0

    mutating func add(_ name: String, _ value: FieldValue) { count += 1 }
}

/// Collects headers in a table.
struct HeaderTable: HeaderSink {
    var table: FieldTable

    init(capacity: Int) { table = FieldTable(minimumCapacity: capacity) }

    mutating func add(_ name: String, _ value: FieldValue) { table[name] = value }
}

extension ByteWriter: HeaderSink {
    /// Writes a header as a part of a table of the outbox.
    mutating func add(_ name: String, _ value: FieldValue) {
        text(name)
        FieldValueCodec.append(value, to: &self, depth: 0)
    }
}
