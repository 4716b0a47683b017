import WarrenSupport

/// Assigns instances to partitions: FNV-1a-32 of the instance ID's UTF-8 modulo the number of partitions.
///
/// Any language can compute it, and it never changes. The broker's own partitioners are not stable: the ring of the
/// consistent-hash exchange is rebuilt when a node starts.
package enum Partitioning {
    package static func partition(of instanceID: String, count: Int) -> Int {
        Int(FNV1a32.hash(instanceID.utf8) % UInt32(clamping: max(count, 1)))
    }
}
