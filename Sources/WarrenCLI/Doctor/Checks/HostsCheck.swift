import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

/// Checks that hosts run, that each partition has an owner, and that the hosts' clocks agree.
struct HostsCheck: DoctorCheck {
    static let name = "hosts"
    /// The difference between clocks from which on times in histories mislead: beats are up to a second old when they are
    /// looked at.
    static let tolerance = Duration.seconds(3)

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let provisioning = patient.provisioning, let partitions = patient.partitions else { return [] }
        patient.hasHost = try await provisioning.hasHost()
        guard patient.durability == .journal else { return patient.hasHost ? [ok("a host runs")] : [nobody(patient)] }
        // In an alarm no host can say that it is there.
        guard patient.takesMessages else { return [] }
        let sharing = try await provisioning.sharing(partitions: partitions)
        patient.sharing = sharing
        guard !sharing.hosts.isEmpty else { return [nobody(patient)] }
        var findings: [Finding] = []
        if !sharing.withoutOwner.isEmpty {
            findings.append(
                wrong(
                    "no host owns \(PartitionWords.text(sharing.withoutOwner))",
                    why: "what is sent there waits. For some seconds that is a takeover; longer, it is a fault.",
                    remedy:
                        "warren hub show\(patient.hubOption) --owners; then read the hosts' logs for these partitions"))
        }
        findings += Self.clocks(sharing.hosts, now: .now)
        if findings.isEmpty {
            let count = sharing.hosts.count
            findings.append(ok("\(count) \(count == 1 ? "host runs" : "hosts run"), and every partition has an owner"))
        }
        return findings
    }

    /// Judges the clocks of hosts by their newest beats.
    static func clocks(_ hosts: [HostBeat], now: Timestamp) -> [Finding] {
        hosts.compactMap { host in
            let difference = now.duration(since: host.sentAt)
            guard difference > tolerance || difference < .zero - tolerance else { return nil }
            let seconds = abs(difference.components.seconds)
            return .wrong(
                name,
                "the clock of \(host.name) (process \(host.process)) is \(seconds) s "
                    + (difference > .zero ? "behind" : "ahead of") + " this machine's",
                why: "timers fire early or late when a partition moves, and times in histories mislead.",
                remedy: "on both machines: timedatectl; systemctl restart systemd-timesyncd")
        }
    }

    private func nobody(_ patient: Patient) -> Finding {
        wrong(
            "no host of hub '\(patient.hub)' runs", why: "what is sent to the hub waits in its queues.",
            remedy:
                "start your host with this broker's address and --hub \(patient.hub), or see in its log why it ended")
    }
}
