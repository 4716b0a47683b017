extension OrchestratorCore {
    /// Decodes the answer to a call. An answer that is not of the declared type counts as a failure of the called
    /// function: the orchestrator can catch it and undo its work, whichever worker answered.
    // Not inlined: its temporaries would become part of the frame of every suspended wait.
    @inline(never)
    func read<Value>(
        _ answer: Payload, of slot: TaskSlot, _ kind: TaskFailure.Kind,
        _ decode: (Payload, any PayloadCodec) throws -> Value
    ) throws -> Value {
        do {
            return try decode(answer, codec)
        } catch let error as WarrenError where error.code == .payloadNotDecodable {
            throw TaskFailure(
                kind: kind, name: slot.name, number: slot.id,
                details: .unreadable(FailureDetails.UnreadableType.result, "The answer", error))
        }
    }

    /// Sets an event aside that no wait can read: it becomes a dead letter, and a console line reports it.
    ///
    /// On replay this was done before; the lines of the console are counted all the same.
    func setAside(_ refused: PendingEvents.Refused) {
        let number = lineCount
        lineCount += 1
        guard !isReplaying else { return }
        actions.append(
            .setAsideEvent(name: refused.event.name, input: refused.event.input, reason: refused.reason))
        actions.append(
            .printLine(
                number: number, level: .warning,
                text: "The event '\(refused.event.name)' cannot be read and was set aside: \(refused.reason)"))
    }
}
