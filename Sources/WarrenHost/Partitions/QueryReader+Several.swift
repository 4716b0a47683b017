import Warren
import WarrenMessaging
import WarrenStorage

/// Reads the statuses of several instances for one answer, and finds out whether a watched one has news.
extension QueryReader {
    /// Reads what an answer about several instances says of one of them.
    ///
    /// An instance that cannot be read is asked for alone, so that its damage is reported, and the others are shown.
    func entry(of instanceID: String, _ question: PartitionQuestion) -> StatusesCodec.Entry {
        do {
            guard let status = try status(of: instanceID, false, question) else { return .unknown }
            let shown = fitting(status)
            // What damage has made unfit for JSON must not spoil the answer about the others.
            for payload in [shown.input, shown.output, shown.customStatus] {
                // In memory it was checked when it arrived.
                if question.snapshots[instanceID] == nil, let payload { try JSONValidator.check(payload.bytes) }
            }
            return .status(shown)
        } catch {
            return .askAlone
        }
    }

    /// Returns the key of a watched instance without news for its caller; `nil` if the question is to be answered now.
    func quietInstance(_ question: PartitionQuestion, _ watch: HistoryWatch) -> Int64? {
        guard case .status(let instanceID, true) = question.question else { return nil }
        do {
            guard let record = try store.instance(instanceID), record.damage == nil else { return nil }
            let place = HistoryPlace(question.historyFrom)
            let hasNews =
                record.status.isTerminal || record.executionID != watch.executionID
                || record.episodes > place.episode
            return hasNews ? nil : record.key
        } catch {
            // The answer meets the same error, and reports it.
            return nil
        }
    }
}
