import AMQP
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Taking questions. They are answered beside the loop, when everything that was taken before them is durable.
extension PartitionProcessor {
    /// How old a question may be that comes again: whoever asked has asked again since, or has gone.
    private static let patience: Duration = .seconds(60)

    func take(_ command: QueryCommand, _ input: PartitionInput, _ batch: inout StepBatch) throws {
        guard let reply = command.context.reply, !isStale(input, batch.now) else {
            return batch.receipts.append(input.receipt)
        }
        let question = PartitionQuestion(
            question: command.question, historyFrom: command.historyFrom, reply: reply, input: input)
        guard case .wait(let instanceID) = command.question else { return batch.asked.append(question) }
        guard let state = try find(instanceID), !state.record.status.isTerminal else {
            return batch.asked.append(question)
        }
        try addWaiter(reply, to: state, &batch)
        batch.receipts.append(input.receipt)
    }

    /// The questions of a round, with what memory knows of their instances at its end.
    func questions(_ batch: StepBatch) -> [PartitionQuestion] {
        batch.asked.map { question in
            let instanceID: String
            switch question.question {
            case .status(let id, false), .wait(let id): instanceID = id
            case .status, .list, .damaged, .describe: return question
            }
            guard let state = cache.peek(instanceID), state.isLoaded || state.record.status.isTerminal else {
                return question
            }
            var question = question
            question.snapshot = (state.record, PartitionWire.texts(of: state.openTasks))
            return question
        }
    }

    private func isStale(_ input: PartitionInput, _ now: Timestamp) -> Bool {
        guard let source = input.source, source.isRedelivered, let seconds = source.properties.timestamp else {
            return false
        }
        let asked = Timestamp(microseconds: Int64(clamping: seconds).multipliedClamping(by: 1_000_000))
        return now.duration(since: asked) > Self.patience
    }
}

extension Int64 {
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (result, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? .max : result
    }
}
