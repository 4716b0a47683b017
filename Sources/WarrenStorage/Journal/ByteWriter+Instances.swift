import Warren
import WarrenSupport

/// Writes instances.
extension ByteWriter {
    /// The limit of nested causes of a failure; deeper ones are left out. It is above that of every reader of JSON in
    /// Warren, so nothing that can be read in a file is lost.
    static let maximumCauses = 256

    /// Writes the columns that an update changes, and for a new instance or generation the others after them.
    mutating func row(_ write: InstanceWrite) {
        let record = write.record
        switch write.kind {
        case .insert: byte(0)
        case .update: byte(1)
        case .replace: byte(2)
        }
        var fields = record.presentFields
        if write.kind == .update { fields.formIntersection(.ofUpdate) }
        number(fields.rawValue)
        signed(record.key)
        int(record.generation)
        byte(record.status.number)
        time(record.lastUpdatedAt)
        int(record.episodes)
        if let time = record.completedAt { self.time(time) }
        if let output = record.output { data(output.bytes) }
        if let customStatus = record.customStatus { data(customStatus.bytes) }
        if let failure = record.failure { self.failure(failure, depth: 0) }
        if fields.contains(.waiters) { data(record.waiters) }
        if write.kind == .update { return }

        text(record.instanceID)
        text(record.executionID)
        text(record.name)
        time(record.createdAt)
        data(record.input.bytes)
        if let time = record.scheduledStart { self.time(time) }
        if let parent = record.parent {
            text(parent.name)
            text(parent.instanceID)
            text(parent.executionID)
            int(parent.taskID)
        }
        if fields.contains(.tags) {
            number(UInt64(record.tags.count))
            for (key, value) in record.tags.sorted(by: { $0.key < $1.key }) {
                text(key)
                text(value)
            }
        }
    }

    private mutating func failure(_ failure: FailureDetails, depth: Int) {
        text(failure.type)
        text(failure.message)
        byte((failure.isNonRetriable ? 1 : 0) | (failure.stack == nil ? 0 : 2) | (failure.details == nil ? 0 : 4))
        if let stack = failure.stack { text(stack) }
        if let details = failure.details { data(details.bytes) }
        let inner = depth < Self.maximumCauses ? failure.inner : []
        number(UInt64(inner.count))
        for cause in inner { self.failure(cause, depth: depth + 1) }
    }
}

extension InstanceRecord {
    fileprivate var presentFields: InstanceFields {
        var fields: InstanceFields = []
        if completedAt != nil { fields.insert(.completedAt) }
        if output != nil { fields.insert(.output) }
        if customStatus != nil { fields.insert(.customStatus) }
        if failure != nil { fields.insert(.failure) }
        if !waiters.isEmpty { fields.insert(.waiters) }
        if scheduledStart != nil { fields.insert(.scheduledStart) }
        if parent != nil { fields.insert(.parent) }
        if !tags.isEmpty { fields.insert(.tags) }
        return fields
    }
}
