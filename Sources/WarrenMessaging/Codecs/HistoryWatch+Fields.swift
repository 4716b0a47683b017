extension HistoryWatch {
    /// Reads the headers of a question; `nil` if the answer is not to wait.
    init?(_ fields: MessageFields) throws(Refusal) {
        guard let milliseconds = try fields.integer(WireHeader.watch, in: 0...Self.most), milliseconds > 0,
            let executionID = try fields.text(WireHeader.executionID)
        else { return nil }
        self.init(executionID: executionID, milliseconds: milliseconds)
    }
}
