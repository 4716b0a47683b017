#if HTTP
import Hummingbird

extension ManagementAPI {
    /// The parameters that select instances, in listings and counts.
    private static let conditions: Set<String> = [
        "status", "name", "tag", "parent", "prefix", "createdFrom", "createdTo", "updatedFrom", "updatedTo", "waitsFor",
        "version",
    ]

    /// All operations. The document describes each of them; a test compares the two.
    var table: [APIRoute] {
        let instance = "/instances/{instanceId}"
        let schedule = "/schedules/{scheduleId}"
        return [
            APIRoute(.get, "/openapi.json", "getDocument", nil, document),
            APIRoute(.get, "/me", "getMe", .read, me),
            // Instances.
            APIRoute(
                .get, "/instances", "listInstances", .read,
                parameters: Self.conditions.union(["withInput", "sort", "limit", "after", "include"]), list),
            APIRoute(.post, "/instances", "startInstance", .start, start),
            APIRoute(.get, instance, "getInstance", .read, parameters: ["wait"], status),
            APIRoute(.get, "\(instance)/tree", "getInstanceTree", .read, parameters: ["limit"], tree),
            APIRoute(.delete, instance, "purgeInstance", .control, parameters: ["recursive"], purge),
            APIRoute(.get, "\(instance)/history", "getHistory", .read, parameters: ["follow"], history),
            APIRoute(.post, "\(instance)/events/{eventName}", "raiseEvent", .raise, raise),
            APIRoute(.post, "\(instance)/queries/{queryName}", "queryInstance", .read, query),
            APIRoute(
                .post, "\(instance)/updates/{updateName}", "updateInstance", .raise, parameters: ["updateId"], update),
            APIRoute(.post, "\(instance)/start-with-event", "startWithEvent", .start, startWithEvent),
            APIRoute(.post, "\(instance)/terminate", "terminateInstance", .control, terminate),
            APIRoute(.post, "\(instance)/suspend", "suspendInstance", .control, suspend),
            APIRoute(.post, "\(instance)/resume", "resumeInstance", .control, resume),
            APIRoute(.post, "\(instance)/rewind", "rewindInstance", .control, rewind),
            APIRoute(.post, "\(instance)/reset", "resetInstance", .control, reset),
            APIRoute(.post, "\(instance)/restart", "restartInstance", .start, restart),
            APIRoute(.get, "/counts", "countInstances", .read, parameters: Self.conditions, counts),
            APIRoute(
                .get, "/histogram", "getHistogram", .read, parameters: Self.conditions.union(["buckets"]), histogram),
            APIRoute(.post, "/purge", "purgeInstances", .control, purgeMatching),
            // Entities.
            APIRoute(
                .get, "/entities", "listEntities", .read,
                parameters: ["name", "prefix", "updatedFrom", "updatedTo", "include", "deleted", "limit", "after"],
                entities),
            APIRoute(.get, "/entities/{entityName}/{entityKey}", "getEntity", .read, entity),
            APIRoute(.delete, "/entities/{entityName}/{entityKey}", "deleteEntity", .control, deleteEntity),
            APIRoute(
                .post, "/entities/{entityName}/{entityKey}/{operation}", "signalEntity", .raise, parameters: ["at"],
                signalEntity),
            APIRoute(.post, "/entities/clean", "cleanEntities", .control, cleanEntities),
            // Schedules.
            APIRoute(.get, "/schedules", "listSchedules", .read, schedules),
            APIRoute(.post, "/schedules", "createSchedule", .start, createSchedule),
            APIRoute(.get, schedule, "getSchedule", .read, self.schedule),
            APIRoute(
                .get, "\(schedule)/runs", "listScheduleRuns", .read, parameters: ["limit", "after"], scheduleRuns),
            APIRoute(.put, schedule, "updateSchedule", .control, updateSchedule),
            APIRoute(.delete, schedule, "deleteSchedule", .control, deleteSchedule),
            APIRoute(.post, "\(schedule)/pause", "pauseSchedule", .control, pauseSchedule),
            APIRoute(.post, "\(schedule)/resume", "resumeSchedule", .control, resumeSchedule),
            APIRoute(.post, "\(schedule)/trigger", "triggerSchedule", .control, triggerSchedule),
            // Streams.
            APIRoute(
                .get, "/events", "watchInstances", .read, parameters: ["name", "instance", "status"], instanceEvents),
            APIRoute(.get, "/console", "watchConsole", .read, parameters: ["name", "instance", "level"], console),
            // Dead letters.
            APIRoute(.get, "/dead-letters", "listDeadLetters", .read, parameters: ["reason", "limit"], deadLetters),
            APIRoute(.get, "/dead-letters/{letterId}", "getDeadLetter", .read, deadLetter),
            APIRoute(.post, "/dead-letters/redrive", "redriveDeadLetters", .admin, redriveDeadLetters),
            APIRoute(.post, "/dead-letters/purge", "purgeDeadLetters", .admin, purgeDeadLetters),
            // The hub.
            APIRoute(.get, "/hub", "getHub", .read, hubDescription),
            APIRoute(.get, "/partitions", "listPartitions", .read, partitions),
            APIRoute(.get, "/hosts", "listHosts", .read, hosts),
            APIRoute(.get, "/queues", "listQueues", .read, queues),
            APIRoute(.get, "/activities", "listActivities", .read, parameters: ["unserved"], activities),
            APIRoute(.get, "/limits", "listLimits", .read, limits),
            APIRoute(.get, "/limits/{activityName}", "getLimits", .read, limitsOfActivity),
            APIRoute(.put, "/limits/{activityName}", "setLimits", .admin, setLimits),
            APIRoute(.delete, "/limits/{activityName}", "clearLimits", .admin, clearLimits),
        ]
    }
}
#endif
