import Warren
import WarrenSupport

/// Encodes the traces to which instances belong, as an optional part of a commit.
extension PartitionCommitCodec {
    /// Writes, for each new instance or generation that has a trace, the number of its write in the commit and the trace
    /// in its stored form. Nothing is written where no instance has one.
    ///
    /// No step depends on a trace. A reader that skips the part goes on without it, and what it sends is in no trace.
    static func appendTraces(of commit: PartitionCommit, tag: UInt8, to writer: inout ByteWriter) {
        guard commit.instances.contains(where: \.hasNewTrace) else { return }
        var part = ByteWriter()
        for (index, write) in commit.instances.enumerated() where write.hasNewTrace {
            guard let trace = write.record.trace else { continue }
            part.int(index)
            part.text(trace.stored)
        }
        writer.byte(tag)
        writer.data(part.bytes)
    }

    static func readTraces(_ part: [UInt8], into commit: inout PartitionCommit) throws(ByteProblem) {
        try part.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
            var reader = ByteReader(buffer)
            var least = 0
            while !reader.isAtEnd {
                let index = try reader.int()
                guard index >= least, index < commit.instances.count, commit.instances[index].kind != .update else {
                    throw reader.problem("write \(index) of an instance with a trace is not there, or not next")
                }
                guard let trace = TraceContext(stored: try reader.text()) else {
                    throw reader.problem("a trace has another form")
                }
                commit.instances[index].record.trace = trace
                least = index + 1
            }
        }
    }
}

extension InstanceWrite {
    /// Whether the write has a trace that the store does not have: an update leaves it unchanged.
    fileprivate var hasNewTrace: Bool { kind != .update && record.trace != nil }
}
