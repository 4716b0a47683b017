import Warren

extension PartitionCommit {
    /// The approximate size of the commit in bytes: counts only the parts that can be large.
    var approximateSize: Int {
        var size = 0
        for write in instances {
            size += write.record.input.bytes.count + (write.record.output?.bytes.count ?? 0)
            size += (write.record.customStatus?.bytes.count ?? 0) + write.record.waiters.count
        }
        for row in history { size += row.events.count }
        for row in outbox { size += row.messages.count }
        for message in held { size += message.message.count }
        return size
    }
}
