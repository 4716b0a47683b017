import Warren

extension PartitionCommit {
    /// Roughly how many bytes the commit writes: what can be large, and nothing for the rest.
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
