import WarrenSupport

/// Writes and reads what histories say of updates, and of labels that code sets.
extension HistoryCodec {
    enum UpdateTag {
        static let accepted: UInt8 = 41
        static let completed: UInt8 = 42
        static let tagSet: UInt8 = 43
    }

    static func writeUpdate(_ id: String, _ name: String, _ input: Payload, to writer: inout ByteWriter) {
        writer.byte(UpdateTag.accepted)
        writer.text(id)
        writer.text(name)
        writer.payload(input)
    }

    static func writeUpdate(_ id: String, _ result: Payload, _ failure: FailureDetails?, to writer: inout ByteWriter) {
        writer.byte(UpdateTag.completed)
        writer.text(id)
        writer.payload(result)
        writer.optional(failure) { write($1, depth: 0, to: &$0) }
    }

    static func writeTag(_ name: String, _ value: String?, to writer: inout ByteWriter) {
        writer.byte(UpdateTag.tagSet)
        writer.text(name)
        writer.optional(value) { $0.text($1) }
    }

    static func updateAccepted(_ reader: inout ByteReader) throws -> HistoryEvent {
        .updateAccepted(id: try reader.text(), name: try reader.text(), input: try reader.payload())
    }

    static func updateCompleted(_ reader: inout ByteReader) throws -> HistoryEvent {
        .updateCompleted(
            id: try reader.text(), result: try reader.payload(),
            failure: try reader.optional { try failure(&$0, depth: 0) })
    }

    static func tagSet(_ reader: inout ByteReader) throws -> HistoryEvent {
        .tagSet(name: try reader.text(), value: try reader.optional { try $0.text() })
    }
}
