import WarrenSupport

/// An instance as a line of an export, of `warren export` and of hosts that remove ended instances.
///
/// ```json
/// {"warrenExport":1,"hub":"orders","name":"Order","instanceId":"order-42",…,"historyEvents":[…]}
/// ```
///
/// The first member is the version of the format: a reader refuses one that it does not know. The others are those of
/// `warren status --json`, with the history unless it was left out. Members may be added without another version.
package enum ExportLine {
    package static let version: Int64 = 1

    /// The beginning of a line, for members that follow.
    package static func opening(_ status: OrchestrationStatus, hub: String) -> String {
        var head = JSONObjectWriter()
        head.add("warrenExport", Int(version))
        head.add("hub", hub)
        let rest = StatusJSON.openText(status)
        return String(decoding: head.openBytes, as: UTF8.self) + "," + rest.dropFirst()
    }

    /// The ID of the execution that a line is about, which no other execution has; `nil` for a text that is no line.
    ///
    /// - Parameter beginning: the first bytes of a line: at least ``identified``, or all of it.
    package static func executionID(in beginning: [UInt8]) -> String? {
        // In the strings before it every quotation mark is escaped, so that they do not contain this.
        let member = Array(#","executionId":""#.utf8)
        guard beginning.starts(with: Array(#"{"warrenExport":"#.utf8)), let start = find(member, in: beginning) else {
            return nil
        }
        let rest = beginning[start...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// The number of bytes of a line within which the execution's ID stands, whatever names there are.
    package static let identified = 4096

    /// The index behind the first occurrence of a text.
    private static func find(_ text: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= text.count else { return nil }
        return (0...(bytes.count - text.count)).first { bytes[$0...].starts(with: text) }.map { $0 + text.count }
    }
}
