import Logging
import Warren
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Replays open instances before the host takes anything: `orchestrations.replayCheck`.
extension TaskHubHost {
    /// Replays the open instances of partitions, if the configuration says so.
    ///
    /// - Returns: the commands that park the instances which do not agree, by partition.
    /// - Throws: `HostError` with the code `registration` if there are such instances and the host is to refuse then.
    func replayOpenInstances(
        of stores: [Int: any PartitionStore], _ payloads: EpisodePayloads?
    ) async throws -> [Int: [ParkInstance]] {
        let mode = configuration.orchestrations.replayCheck
        guard mode != .off else { return [:] }
        let functions = functions
        var all = OpenInstanceReplay.Finding()
        var parkings: [Int: [ParkInstance]] = [:]
        for (number, store) in stores.sorted(by: { $0.key < $1.key }) {
            let finding: OpenInstanceReplay.Finding
            do {
                finding = try await BlockingWork.run("warren-replay") {
                    try OpenInstanceReplay(functions: functions, payloads: payloads).finding(in: store)
                }
            } catch {
                throw HostError(.storage, "The open instances cannot be replayed: \(error)", cause: error)
            }
            parkings[number] = finding.disagreements.map(\.parking)
            all.add(finding)
        }
        all.report(to: logger)
        guard mode == .refuse, let error = all.refusal else { return parkings }
        throw error
    }
}

extension OpenInstanceReplay.Finding {
    private static var mostNamed: Int { 20 }

    /// Writes the finding to a host's log.
    func report(to logger: Logger) {
        for disagreement in disagreements.prefix(Self.mostNamed) {
            logger.error(
                "An open instance does not agree with the code of this host",
                metadata: [
                    LogKey.instance: "\(disagreement.record.instanceID)",
                    LogKey.orchestration: "\(disagreement.record.name)",
                    LogKey.message: "\(disagreement.report.message.prefix(1000))",
                ])
        }
        logger.notice(
            "The open instances were replayed",
            metadata: [
                LogKey.replayed: "\(replayed)", LogKey.disagreeing: "\(disagreements.count + further)",
            ])
    }

    /// The error of a host that does not start for it; `nil` if all agree.
    var refusal: HostError? {
        guard !disagreements.isEmpty else { return nil }
        let named = disagreements.prefix(3).map { "'\($0.record.instanceID)': \($0.report.message)" }
        let more = disagreements.count + further - named.count
        return HostError(
            .registration,
            "\(disagreements.count + further) of \(replayed) open instances do not agree with this program. "
                + named.joined(separator: " ") + (more > 0 ? " \(more) more are in the log or not named." : "")
                + " Start a version that agrees, guard the change with context.patched or a version, or set "
                + "'orchestrations.replayCheck' to park, and they are parked.")
    }
}
