import Warren
import WarrenSupport

/// Reads instances.
extension ByteReader {
    mutating func instanceWrite() throws(ByteProblem) -> InstanceWrite {
        let kind: InstanceWrite.Kind
        switch try byte() {
        case 0: kind = .insert
        case 1: kind = .update
        case 2: kind = .replace
        case let number: throw problem("\(number) is no kind of a write to an instance")
        }
        let fields = InstanceFields(rawValue: try number())
        guard fields.isSubset(of: kind == .update ? .ofUpdate : .all) else {
            throw problem("an instance has unknown fields")
        }
        let (key, generation, status) = (try signed(), try int(), try status())
        let (lastUpdatedAt, episodes) = (try time(), try int())
        let completedAt = fields.contains(.completedAt) ? try time() : nil
        let output = fields.contains(.output) ? Payload(bytes: try data()) : nil
        let customStatus = fields.contains(.customStatus) ? Payload(bytes: try data()) : nil
        let failure = fields.contains(.failure) ? try failure(depth: 0) : nil
        let waiters = fields.contains(.waiters) ? try data() : []

        let isUpdate = kind == .update
        let instanceID = isUpdate ? "" : try text()
        let executionID = isUpdate ? "" : try text()
        let name = isUpdate ? "" : try text()
        let createdAt = isUpdate ? Timestamp(microseconds: 0) : try time()
        let input = Payload(bytes: isUpdate ? [] : try data())
        let scheduledStart = fields.contains(.scheduledStart) ? try time() : nil
        let parent = fields.contains(.parent) ? try parent() : nil
        let tags = fields.contains(.tags) ? try tags() : [:]
        return InstanceWrite(
            kind,
            InstanceRecord(
                key: key, instanceID: instanceID, executionID: executionID, generation: generation, name: name,
                status: status, createdAt: createdAt, lastUpdatedAt: lastUpdatedAt, completedAt: completedAt,
                scheduledStart: scheduledStart, input: input, output: output, customStatus: customStatus,
                failure: failure, parent: parent, tags: tags, episodes: episodes, waiters: waiters))
    }

    private mutating func status() throws(ByteProblem) -> RuntimeStatus {
        let number = try byte()
        guard let status = RuntimeStatus(number: number) else { throw problem("status \(number) is not known") }
        return status
    }

    private mutating func parent() throws(ByteProblem) -> ParentInstance {
        ParentInstance(name: try text(), instanceID: try text(), executionID: try text(), taskID: try int())
    }

    private mutating func tags() throws(ByteProblem) -> [String: String] {
        var tags: [String: String] = [:]
        for _ in 0..<(try count()) {
            let (key, value) = (try text(), try text())
            guard tags.updateValue(value, forKey: key) == nil else { throw problem("a tag is there twice") }
        }
        return tags
    }

    private mutating func failure(depth: Int) throws(ByteProblem) -> FailureDetails {
        guard depth <= ByteWriter.maximumCauses else { throw problem("causes are nested too deeply") }
        let (type, message) = (try text(), try text())
        let flags = try byte()
        guard flags < 8 else { throw problem("a failure has unknown fields") }
        let stack = flags & 2 == 0 ? nil : try text()
        let details = flags & 4 == 0 ? nil : Payload(bytes: try data())
        let inner = try rows { (reader) throws(ByteProblem) in try reader.failure(depth: depth + 1) }
        return FailureDetails(
            type: type, message: message, stack: stack, details: details, inner: inner, isNonRetriable: flags & 1 != 0)
    }
}
