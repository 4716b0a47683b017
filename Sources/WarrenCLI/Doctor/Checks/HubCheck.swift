import Warren
import WarrenClient
import WarrenMessaging

/// The hub's exchanges, queues, arguments and bindings.
struct HubCheck: DoctorCheck {
    static let name = "hub"
    /// The number of differences that are told one by one.
    private static let most = 20

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let provisioning = patient.provisioning else { return [] }
        let count = try await provisioning.partitionCount()
        guard count > 0 else {
            return [
                wrong(
                    "there is no hub '\(patient.hub)' on this broker",
                    why: "messages to it go nowhere: a hub is created once, before the first host starts.",
                    remedy: "warren hub create\(patient.hubOption)")
            ]
        }
        patient.partitions = count
        patient.durability = try await provisioning.durability(partitions: count)
        let durability = patient.durability
        let differences = try await provisioning.differences(partitions: count, durability: durability)
        guard !differences.isEmpty else {
            return [
                ok("\(count) partitions, durability \(durability), every exchange, queue and binding as it should be")
            ]
        }
        let create = "warren hub create\(patient.hubOption) --partitions \(count) --durability \(durability)"
        let virtualHost = patient.login.virtualHost
        var findings = differences.prefix(Self.most).map { difference in
            if difference.isMissing {
                wrong(
                    "the \(difference.kind.rawValue) \(difference.name) is missing",
                    why: "hosts do not start without it, and messages for it are lost or wait.", remedy: create)
            } else {
                wrong(
                    "the \(difference.kind.rawValue) \(difference.name) has other arguments: \(difference.detail)",
                    why: "hosts do not start: with these arguments what is promised does not hold.",
                    remedy: difference.kind == .queue
                        ? "stop the hosts; when the queue is empty, rabbitmqctl delete_queue -p \(virtualHost) "
                            + "\(difference.name); \(create)"
                        : "stop the hosts; delete the exchange on the management pages; \(create)")
            }
        }
        if differences.count > Self.most {
            findings.append(
                wrong(
                    "\(differences.count - Self.most) more differ", why: "as above.",
                    remedy: "warren doctor\(patient.hubOption) again, after the first are mended"))
        }
        return findings
    }
}
