import AMQPMessages
import Warren
package import WarrenMessaging

/// Takes a question. It is answered beside the partition, once everything that was taken before it is durable.
extension QueryCommand: PartitionCommand {
    /// The question itself: no instance is to blame for a question about it. `@` begins no instance ID.
    package var crashSubject: String? { "@question:" + String(crashHash, radix: 16) }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        switch question {
        case .status(let instanceID, let includesHistory):
            hash.add(includesHistory ? "history" : "status")
            hash.add(instanceID)
        case .statuses(let instanceIDs):
            hash.add("statuses")
            for instanceID in instanceIDs { hash.add(instanceID) }
        case .wait(let instanceID):
            hash.add("wait")
            hash.add(instanceID)
        case .state(let instanceID, let question):
            hash.add("query")
            hash.add(instanceID)
            hash.add(question.name)
            hash.add(question.input.json)
        case .list(let query):
            hash.add("list")
            hash.add("\(query)")
        case .count(let query):
            hash.add("count")
            hash.add("\(query)")
        case .damaged:
            hash.add("damaged")
            hash.add("\(partition)")
        case .describe: hash.add("describe")
        }
        return hash.result
    }

    /// The age up to which a redelivered question is answered: an older one has been repeated or given up by its
    /// sender.
    private static let patience: Duration = .seconds(60)

    enum Found {
        case question(ReplyAddress)
        /// A wait for the end of an instance that has not ended.
        case wait(ReplyAddress, InstanceState)
        case stale
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) -> Found {
        guard let reply = context.reply, !isStale(frame) else { return .stale }
        guard case .wait(let instanceID) = question, let instance = try state.instance(instanceID),
            !instance.record.status.isTerminal
        else { return .question(reply) }
        try state.loadWaiters(of: instance, frame)
        return .wait(reply, instance)
    }

    func apply(_ found: Found, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch found {
        case .stale: break
        case .wait(let reply, let instance): step.add(reply, toWaitersOf: instance, frame)
        case .question(let reply):
            step.asked.append(
                AskedQuestion(
                    number: frame.number, question: question, historyFrom: historyFrom, watch: watch, reply: reply))
        }
    }

    private func isStale(_ frame: Frame) -> Bool {
        guard let source = frame.source, source.isRedelivered, let asked = source.sentAt else { return false }
        return frame.now.duration(since: asked) > Self.patience
    }
}

extension PartitionState {
    /// Builds what memory knows of the instances that a question is about, by their IDs.
    func snapshots(for question: QueryCommand.Question) -> [String: InstanceSnapshot] {
        let instanceIDs: [String]
        switch question {
        case .status(let id, false), .wait(let id): instanceIDs = [id]
        case .statuses(let ids): instanceIDs = ids
        case .status, .state, .list, .count, .damaged, .describe: return [:]
        }
        var found: [String: InstanceSnapshot] = [:]
        for id in instanceIDs { found[id] = snapshot(of: id) }
        return found
    }

    private func snapshot(of instanceID: String) -> InstanceSnapshot? {
        guard let instance = instances.peek(instanceID), instance.isLoaded || instance.record.status.isTerminal else {
            return nil
        }
        let record = instance.record
        return InstanceSnapshot(
            record: record,
            waits: instance.open.waits(
                of: record, heartbeat: { deadlines.lease(record.lease($0))?.details },
                isDispatched: { deadlines.lease(record.lease($0)) != nil }))
    }
}
