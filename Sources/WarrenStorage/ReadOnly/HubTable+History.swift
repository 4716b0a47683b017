import Warren
import WarrenSupport

extension HubTable {
    /// The events of histories, in the order of their numbers within an instance.
    ///
    /// Rows that cannot be read are shown, not left out: a query that counts must not count less on a damaged file.
    static let history = HubTable(
        "history", "One row for each event of the present generation of each instance.",
        [
            Column("partition", .integer, .partition, "the partition that has the instance"),
            Column("instance_id", .text, .search("i.instance_id"), "the instance"),
            Column("orchestration", .text, .search("i.name"), "its orchestration"),
            Column("generation", .integer, .sql("h.generation"), "the generation"),
            Column("episode", .integer, .sql("h.episode"), "the step that recorded it, from 0"),
            Column("number", .integer, .made, "its place in the generation's history, from 0"),
            Column("at", .time, .made, "when its step began"),
            Column("type", .text, .made, "TaskScheduled, TaskCompleted, TimerFired, … as in 'warren status --history'"),
            Column("task_id", .integer, .made, "the number of the action that it is, or answers; NULL for others"),
            Column("name", .text, .made, "the activity, orchestration or external event; NULL for others"),
            Column("event", .json, .made, "the whole event with its payloads"),
        ], key: ["partition", "instance_id", "generation", "number"],
        // The words fix the order of the loops, and with it that of an instance's episodes.
        from: "instances i CROSS JOIN history h INDEXED BY history_of_execution ON h.instance = i.key",
        raw: ["h.instance", "h.generation", "h.episode", "h.checksum", "h.events"]
    ) { (row, numbers) throws(StorageError) in
        let episode = HistoryRow(
            instance: row.int64(0), generation: row.int(1), episode: row.int(2), events: row.blob(4))
        func numbered(_ values: [SQLValue]) -> [SQLValue] {
            [.integer(numbers.number(instance: episode.instance, generation: Int64(episode.generation)))] + values
        }
        guard episode.checksum == row.int64(3) else { return [numbered(unreadable("it fails its checksum"))] }
        let events: [HistoryEvent]
        do {
            events = try HistoryCodec.decode(episode.events)
        } catch {
            return [numbered(unreadable("\(error)"))]
        }
        var at = SQLValue.null
        if case .orchestratorStarted(let time)? = events.first { at = .time(time.microseconds) }
        return events.map { event in
            let subject = event.subject
            return numbered([
                at, .text(event.typeName), subject.id.map { .integer(Int64($0)) } ?? .null,
                subject.name.map { .text($0) } ?? .null, .json(event.jsonObject.json),
            ])
        }
    }

    private static func unreadable(_ problem: String) -> [SQLValue] {
        var event = JSONObjectWriter()
        event.add("problem", problem)
        event.add("type", "Unreadable")
        return [.null, .text("Unreadable"), .null, .null, .json(event.text)]
    }
}

extension HistoryEvent {
    /// The number of the action that the event is or answers, and the name of what it is about.
    fileprivate var subject: (id: Int?, name: String?) {
        switch self {
        case .executionStarted(let facts): (nil, facts.name)
        case .taskScheduled(let id, let name, _, _), .subOrchestrationCreated(let id, let name, _, _, _),
            .eventSent(let id, _, let name, _), .orchestrationStarted(let id, let name, _, _, _, _):
            (id, name)
        case .taskCompleted(let id, _), .taskFailed(let id, _), .taskCanceled(let id), .taskHeartbeat(let id, _),
            .subOrchestrationCompleted(let id, _), .subOrchestrationFailed(let id, _), .timerCreated(let id, _),
            .timerFired(let id):
            (id, nil)
        case .eventRaised(let name, _, _), .patchMarked(let name, _), .updateAccepted(_, let name, _),
            .tagSet(let name, _):
            (nil, name)
        default: (nil, nil)
        }
    }
}
