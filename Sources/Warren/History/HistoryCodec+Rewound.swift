import WarrenSupport

/// Encodes the facts of executions that go on from an earlier point.
extension HistoryCodec {
    static func write(_ parent: ParentInstance, to writer: inout ByteWriter) {
        writer.text(parent.name)
        writer.text(parent.instanceID)
        writer.text(parent.executionID)
        writer.id(parent.taskID)
    }

    static func parent(_ reader: inout ByteReader) throws -> ParentInstance {
        ParentInstance(
            name: try reader.text(), instanceID: try reader.text(), executionID: try reader.text(),
            taskID: try reader.id())
    }

    static func write(_ facts: ExecutionRewound, to writer: inout ByteWriter) {
        writer.text(facts.instanceID)
        writer.text(facts.executionID)
        writer.text(facts.formerExecutionID)
        writer.optional(facts.parent) { write($1, to: &$0) }
        writer.optional(facts.reason) { $0.text($1) }
        writer.optional(facts.beforeEvent) { $0.id($1) }
    }

    static func rewound(_ reader: inout ByteReader) throws -> ExecutionRewound {
        var facts = ExecutionRewound(
            instanceID: try reader.text(), executionID: try reader.text(), formerExecutionID: try reader.text())
        facts.parent = try reader.optional { try parent(&$0) }
        facts.reason = try reader.optional { try $0.text() }
        facts.beforeEvent = try reader.optional { try $0.id() }
        return facts
    }
}
