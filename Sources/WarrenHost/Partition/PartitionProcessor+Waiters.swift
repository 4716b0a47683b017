import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Those who want to be told of an instance's end.
///
/// The first ones are in the instance's row; a row of its own holds each of those that come later, so that nothing is
/// written again for the next one. Beyond a bound a new one is rejected in words; the ones before it keep their place.
extension PartitionProcessor {
    /// Adds one who wants to be told of the end, and writes that.
    func addWaiter(_ address: ReplyAddress, to state: InstanceState, _ batch: inout StepBatch) throws {
        let first = state.waiters
        if first.contains(address) { return }
        if first.count < setup.waiterBounds.inRow {
            state.waiters = first + [address]
            if state.isStored { write(state, &batch) }
            return
        }
        var later = try laterWaiters(of: state)
        if later.contains(address) { return }
        guard first.count + later.count < setup.waiterBounds.most else {
            batch.loose.append(
                setup.wire.reply(
                    ReplyMessage(
                        address: address, status: .rejected, instanceID: state.record.instanceID,
                        body: setup.wire.json(
                            Refusal(
                                .overloaded,
                                "\(setup.waiterBounds.most) wait for the end of '\(state.record.instanceID)', and no more can. "
                                    + "Ask again later.")))))
            return
        }
        // Its only copy, or adding one would copy all of them.
        state.laterWaiters = nil
        later.insert(address)
        state.laterWaiters = later
        batch.commit.waiters.append(
            WaiterRow(instance: state.record.key, address: WaiterCodec.encode([address])))
    }

    /// Tells all of them how the instance ended.
    func tellWaiters(of state: InstanceState, _ messages: inout [OutboundMessage], _ batch: inout StepBatch) {
        var waiters = state.waiters
        if waiters.count >= setup.waiterBounds.inRow {
            do {
                waiters += try laterWaiters(of: state).sorted {
                    ($0.queue, $0.correlationID) < ($1.queue, $1.correlationID)
                }
            } catch {
                setup.logger.error(
                    "Some who wait for an instance's end cannot be read, and are not told of it",
                    metadata: ["instance": "\(state.record.instanceID)", "error": "\(error)"])
            }
            batch.commit.removedWaiters.append(state.record.key)
        }
        state.waiters = []
        state.laterWaiters = []
        var left = setup.waiterBounds.answerBytes
        for waiter in waiters {
            let answer = setup.wire.reply(setup.wire.endReply(state.record, to: waiter))
            if answer.body.count <= left || left == setup.waiterBounds.answerBytes {
                left -= answer.body.count
                messages.append(answer)
                continue
            }
            messages.append(
                setup.wire.reply(
                    ReplyMessage(
                        address: waiter, status: .rejected, instanceID: state.record.instanceID,
                        body: setup.wire.json(
                            Refusal(
                                .overloaded,
                                "'\(state.record.instanceID)' has ended. \(waiters.count) wait for its answer of "
                                    + "\(answer.body.count) bytes: ask for it again.")))))
        }
    }

    /// Those for whom there was no room in the row: read once, and kept while the instance is in memory.
    private func laterWaiters(of state: InstanceState) throws -> Set<ReplyAddress> {
        if let known = state.laterWaiters { return known }
        let read = Set(try store.waiters(of: state.record.key).flatMap { WaiterCodec.decode($0) })
        state.laterWaiters = read
        return read
    }
}
