/// Which partition an instance belongs to: FNV-1a-32 of the instance ID's UTF-8 modulo the number of partitions.
///
/// Any language can compute it, and it never changes. The broker's own partitioners are not stable: the ring of the
/// consistent-hash exchange is rebuilt when a node starts.
package enum Partitioning {
    package static func partition(of instanceID: String, count: Int) -> Int {
        Int(fnv1a32(instanceID.utf8) % UInt32(clamping: max(count, 1)))
    }

    package static func fnv1a32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32(truncatingIfNeeded: $1)) &* 0x0100_0193 }
    }
}
