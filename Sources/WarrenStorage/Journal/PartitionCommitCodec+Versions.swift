import Warren
import WarrenSupport

/// Encodes the versions and the conditions of instances, as optional parts of a commit.
extension PartitionCommitCodec {
    /// Writes, for each new instance or generation that has a version, the number of its write in the commit and the
    /// version. Nothing is written where no instance has one.
    ///
    /// A reader that skips the part shows no version. The history has it all the same, and code is chosen by that.
    static func appendVersions(of commit: PartitionCommit, tag: UInt8, to writer: inout ByteWriter) {
        append(tag, of: commit, to: &writer) { write in
            write.kind == .update ? nil : write.record.version.map { Array($0.utf8) }
        }
    }

    static func readVersions(_ part: [UInt8], into commit: inout PartitionCommit) throws(ByteProblem) {
        try read(part, count: commit.instances.count) { index, value in
            commit.instances[index].record.version = String(decoding: value, as: UTF8.self)
        }
    }

    /// Writes, for each write of an instance that has a condition, its number in the commit and the condition.
    ///
    /// A reader that skips the part takes a parked instance for one that an operator suspended: it stays suspended until it
    /// is resumed.
    static func appendConditions(of commit: PartitionCommit, tag: UInt8, to writer: inout ByteWriter) {
        append(tag, of: commit, to: &writer) { $0.record.conditionBytes.isEmpty ? nil : $0.record.conditionBytes }
    }

    static func readConditions(_ part: [UInt8], into commit: inout PartitionCommit) throws(ByteProblem) {
        try read(part, count: commit.instances.count) { index, value in
            commit.instances[index].record.conditionBytes = value
        }
    }

    private static func append(
        _ tag: UInt8, of commit: PartitionCommit, to writer: inout ByteWriter, _ value: (InstanceWrite) -> [UInt8]?
    ) {
        var part: ByteWriter?
        for (index, write) in commit.instances.enumerated() {
            guard let value = value(write) else { continue }
            var rows = part ?? ByteWriter()
            rows.int(index)
            rows.data(value)
            part = rows
        }
        guard let part else { return }
        writer.byte(tag)
        writer.data(part.bytes)
    }

    private static func read(
        _ part: [UInt8], count: Int, _ set: (Int, [UInt8]) -> Void
    ) throws(ByteProblem) {
        try part.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
            var reader = ByteReader(buffer)
            var least = 0
            while !reader.isAtEnd {
                let index = try reader.int()
                guard index >= least, index < count else {
                    throw reader.problem("write \(index) of an instance is not there, or not next")
                }
                set(index, try reader.data())
                least = index + 1
            }
        }
    }
}
