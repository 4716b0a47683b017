import Warren
import WarrenClient
import WarrenMessaging

/// The queues: what waits in them, and whether somebody reads them.
struct QueuesCheck: DoctorCheck {
    static let name = "queues"
    /// The number of messages in the intake or in a partition's queue from which on hosts do not keep up.
    static let backlog = 10_000

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let provisioning = patient.provisioning, let partitions = patient.partitions else { return [] }
        let called = try await askActivities(patient)
        let loads: [QueueLoad]
        do {
            loads = try await provisioning.queues(partitions: partitions, activities: called)
        } catch let error as MessagingError where error.code == .missing {
            // Said by the check of the topology.
            return []
        }
        var findings = Self.judge(loads, called: called, patient.hub, hasHost: patient.hasHost)
        if findings.isEmpty {
            let waiting = loads.filter { !patient.isStream($0.queue) }.reduce(0) { $0 + $1.messages }
            findings.append(ok("\(loads.count) queues, \(waiting) messages wait"))
        }
        return findings
    }

    /// Judges what waits.
    ///
    /// - Parameter called: the activities that hosts run or have called.
    static func judge(_ loads: [QueueLoad], called: [String], _ hub: TaskHubName, hasHost: Bool) -> [Finding] {
        var findings: [Finding] = []
        let byName = Dictionary(loads.map { ($0.queue, $0) }) { first, _ in first }
        if let dead = byName[hub.deadQueue], dead.messages > 0 {
            findings.append(
                .wrong(
                    name, "\(dead.messages) dead \(dead.messages == 1 ? "letter" : "letters")",
                    why: "each is a message that was refused, and that nobody has looked at.",
                    remedy: "warren dead list --hub \(hub); then warren dead redrive or purge"))
        }
        for load in loads
        where load.queue == hub.intakeQueue || load.queue == hub.queryQueue || hub.partition(ofQueue: load.queue) != nil
        {
            if hasHost, load.consumers == 0 {
                findings.append(
                    .wrong(
                        name, "nobody reads \(load.queue)",
                        why: "a host runs, and what is sent there waits all the same.",
                        remedy: "warren hub show --hub \(hub) --owners; then read the hosts' logs for this queue"))
            } else if load.messages >= backlog {
                findings.append(
                    .wrong(
                        name, "\(load.messages) messages wait in \(load.queue)",
                        why: "the hosts do not keep up, or are stuck.",
                        remedy:
                            "warren hub show --hub \(hub); see whether the hosts' disks and processors are at their limit"
                    ))
            }
        }
        for activity in Set(called).sorted() {
            guard let load = byName[hub.activityQueue(activity)] else {
                findings.append(
                    .wrong(
                        name, "the activity '\(activity)' has no queue", why: "orchestrations that call it wait.",
                        remedy: "warren hub create --hub \(hub) --activity \(activity)"))
                continue
            }
            guard load.consumers == 0 else { continue }
            let text = "no worker runs the activity '\(activity)', and \(load.messages) of its work items wait"
            let remedy = "start a worker that consumes \(load.queue)"
            findings.append(
                load.messages > 0
                    ? .wrong(name, text, why: "the orchestrations that called it do not go on.", remedy: remedy)
                    : .advice(name, text, why: "the next orchestration that calls it waits.", remedy: remedy))
        }
        if let console = byName[hub.consoleQueue], console.messages >= TaskHubTopology.consoleBound * 9 / 10 {
            findings.append(
                .advice(
                    name, "\(console.messages) lines wait in the console queue",
                    why: "at \(TaskHubTopology.consoleBound) the broker drops the oldest.",
                    remedy: "warren console --hub \(hub) --no-follow > /dev/null"))
        }
        return findings
    }

    private func askActivities(_ patient: Patient) async throws -> [String] {
        do {
            return try await patient.ask { try await $0.activityNames() } ?? []
        } catch is ClientError {
            // The check of the hosts' answers says so.
            return []
        }
    }
}

extension Patient {
    fileprivate func isStream(_ queue: String) -> Bool {
        queue == hub.hostsStream
            || (0..<(partitions ?? 0)).contains { hub.journalStream($0, of: partitions ?? 0) == queue }
    }
}
