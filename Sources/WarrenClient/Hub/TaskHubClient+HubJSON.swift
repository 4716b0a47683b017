import Warren
import WarrenMessaging
package import WarrenSupport

/// Describes the hub as JSON: what its hosts run, its queues and its activities.
extension TaskHubClient {
    /// The hub as the host that answers first knows it.
    package func hubJSON() async throws -> JSONObjectWriter {
        try await requireHost()
        let description = try await describe(timeout: nil)
        let durability = try await examine { try await $0.durability(partitions: description.partitionCount) }
        var object = JSONObjectWriter()
        object.add("hub", description.hub)
        object.add("partitions", description.partitionCount)
        object.add("durability", durability.description)
        object.add("version", description.version)
        object.add("orchestrations", description.orchestrations)
        object.add("activities", description.activities)
        object.add(
            "parked",
            (description.parked ?? []).map { place in
                var object = JSONObjectWriter()
                object.add("destination", place.destination)
                object.add("reason", place.reason)
                object.add("since", ISO8601.text(place.since))
                object.add("rows", place.rows)
                return object
            })
        return object
    }

    /// The hub's queues, those of the known activities included.
    package func queuesJSON() async throws -> [JSONObjectWriter] {
        let activities = try await examine { try await $0.hasHost() } ? try await activityNames() : []
        let loads = try await examine { hub in
            try await hub.queues(partitions: try await hub.existingPartitions(), activities: activities)
        }
        return loads.map { load in
            var object = JSONObjectWriter()
            object.add("queue", load.queue)
            object.add("messages", load.messages)
            if let consumers = load.consumers { object.add("consumers", consumers) }
            return object
        }
    }

    /// The activities that the host runs itself or has called, with the load of their queues.
    ///
    /// - Parameter unserved: `true` for those alone that no worker consumes, `false` for the others, `nil` for all.
    package func activitiesJSON(unserved: Bool?) async throws -> [JSONObjectWriter] {
        try await requireHost()
        let names = try await activityNames()
        let loads = try await examine { hub in
            var loads: [String: QueueLoad] = [:]
            for name in names {
                do {
                    loads[name] = try await hub.transport.load(of: hub.hub.activityQueue(name))
                } catch let error as MessagingError where error.code == .missing {
                    // Its first worker creates it.
                }
            }
            return loads
        }
        return names.compactMap { name in
            let isServed = (loads[name]?.consumers ?? 0) > 0
            if let unserved, unserved == isServed { return nil }
            var object = JSONObjectWriter()
            object.add("name", name)
            object.add("served", isServed)
            if let load = loads[name] {
                object.add("messages", load.messages)
                if let consumers = load.consumers { object.add("consumers", consumers) }
            }
            return object
        }
    }
}
