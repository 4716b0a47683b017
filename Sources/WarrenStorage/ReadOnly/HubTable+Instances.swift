/// The tables that show rows of the files as they are.
extension HubTable {
    static let instances = HubTable(
        "instances", "One row for each instance.",
        [
            Column("partition", .integer, .partition, "the partition that has the instance"),
            Column("instance_id", .text, .search("i.instance_id"), "its ID"),
            Column("execution_id", .text, .sql("i.execution_id"), "the ID of its present generation"),
            Column("generation", .integer, .sql("i.generation"), "how often it has continued as new"),
            Column("name", .text, .search("i.name"), "the orchestration's name"),
            Column(
                "status", .text, .search("i.status"), "Pending, Running, Suspended, Completed, Failed, Terminated, …"),
            Column("created_at", .time, .sql("i.created_at"), "when it was created"),
            Column("last_updated_at", .time, .sql("i.last_updated_at"), "when it last did a step"),
            Column("completed_at", .time, .sql("i.completed_at"), "when it ended; NULL before"),
            Column("scheduled_start", .time, .sql("i.scheduled_start"), "the time before which it does not begin"),
            Column("episodes", .integer, .sql("i.episodes"), "the steps of its present generation"),
            Column(
                "input", .json, .sql("(SELECT n.input FROM inputs n WHERE n.instance = i.key)"),
                "the input of its present generation"),
            Column("output", .json, .sql("i.output"), "the output; NULL before its end"),
            Column("custom_status", .json, .sql("i.custom_status"), "what it says of itself"),
            Column("failure", .json, .sql("i.failure"), "how it failed: type, message, stack, inner, …"),
            Column(
                "tags", .json,
                .sql("(SELECT json_group_object(t.key, t.value) FROM tags t WHERE t.instance = i.key)"),
                "its labels, one object"),
            Column("parent_name", .text, .sql("i.parent_name"), "the orchestration that called it; NULL for none"),
            Column("parent_instance_id", .text, .sql("i.parent_instance_id"), "the instance that called it"),
            Column("version", .text, .sql("i.version"), "the version with which its generation began; NULL for none"),
            Column(
                "condition", .json, .sql("i.condition"),
                "why it is suspended (cause, reason, since), and how its body ended while tasks keep it open (bodyEnd)"),
        ], key: ["partition", "instance_id"], from: "instances i")

    static let timers = HubTable(
        "timers", "One row for each timer that has not fired, also those of waits with a time limit.",
        [
            Column("partition", .integer, .partition, "the partition that has the instance"),
            Column("instance_id", .text, .search("i.instance_id"), "the instance that waits"),
            Column("name", .text, .sql("i.name"), "its orchestration"),
            Column("generation", .integer, .sql("t.generation"), "the generation that set it"),
            Column("task_id", .integer, .sql("t.id"), "its number in the history: the id of TimerCreated"),
            Column("fire_at", .time, .sql("t.fire_at"), "when it is due"),
        ], key: ["partition", "instance_id", "generation", "task_id"],
        from: "instances i JOIN timers t ON t.instance = i.key")

    static let partitions = HubTable(
        "partitions", "One row for each file.",
        [
            Column("partition", .integer, .partition, "the partition's number"),
            Column("hub", .text, .sql("h.hub"), "the hub's name"),
            Column("partition_count", .integer, .sql("h.partition_count"), "how many partitions the hub has"),
            Column("instance_count", .integer, .sql("h.instance_count"), "how many instances are stored"),
            Column("epoch", .integer, .sql("h.epoch"), "how often the file was opened by a host"),
            Column(
                "is_closed", .integer, .sql("h.clean"), "1 if its host closed it in order; 0 while one runs, or died"),
            Column(
                "schema_version", .integer, .sql("(SELECT count(*) FROM migrations)"),
                "how many migrations the file has had"),
        ], key: ["partition"], from: "header h")
}
