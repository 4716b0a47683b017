import Warren
import WarrenSupport

/// Encodes what leases keep beside their time, as an optional part of a commit.
extension PartitionCommitCodec {
    /// The tag of the part.
    static let leaseNotesTag: UInt8 = 80

    /// Writes, for each lease that keeps anything, its number in the commit, the details of the latest heartbeat, the queue
    /// of the worker, and the call's limit between heartbeats in microseconds. Nothing is written where no lease has any.
    ///
    /// A reader that skips the part knows neither how far an activity was nor where it runs: its next run begins without
    /// details, and the worker is told that the call was given up as one of all.
    static func appendLeaseNotes(of commit: PartitionCommit, to writer: inout ByteWriter) {
        guard commit.leases.contains(where: \.hasNotes) else { return }
        var part = ByteWriter()
        for (index, lease) in commit.leases.enumerated() where lease.hasNotes {
            part.int(index)
            part.byte(
                (lease.details == nil ? 0 : 1) | (lease.worker == nil ? 0 : 2) | (lease.limit == nil ? 0 : 4))
            if let details = lease.details { part.data(details.bytes) }
            if let worker = lease.worker { part.text(worker) }
            if let limit = lease.limit { part.signed(limit.wholeMicroseconds) }
        }
        writer.byte(leaseNotesTag)
        writer.data(part.bytes)
    }

    static func readLeaseNotes(_ part: [UInt8], into commit: inout PartitionCommit) throws(ByteProblem) {
        try part.withUnsafeBufferPointer { (buffer) throws(ByteProblem) in
            var reader = ByteReader(buffer)
            var least = 0
            while !reader.isAtEnd {
                let index = try reader.int()
                guard index >= least, index < commit.leases.count else {
                    throw reader.problem("lease \(index) is not there, or not next")
                }
                let flags = try reader.byte()
                guard (1...7).contains(flags) else { throw reader.problem("the flags of a lease are unknown") }
                if flags & 1 != 0 { commit.leases[index].details = Payload(bytes: try reader.data()) }
                if flags & 2 != 0 { commit.leases[index].worker = try reader.text() }
                if flags & 4 != 0 { commit.leases[index].limit = .microseconds(try reader.signed()) }
                least = index + 1
            }
        }
    }
}

extension TaskLease {
    /// Whether the lease keeps anything beside its time.
    var hasNotes: Bool { details != nil || worker != nil || limit != nil }
}
