import WarrenClient
import WarrenMessaging

/// The rights that a host needs, and whether the broker takes messages.
struct RightsCheck: DoctorCheck {
    static let name = "rights"

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let provisioning = patient.provisioning, patient.partitions != nil else { return [] }
        let user = patient.login.user
        let missing: [TaskHubProvisioning.MissingRight]
        do {
            missing = try await provisioning.missingRights(patience: patient.patience)
        } catch let error as ClientError where error.code == .overloaded {
            patient.takesMessages = false
            return [
                wrong(
                    error.message, why: "starts, events and results wait until the alarm is over.",
                    remedy: "on the broker's machine: rabbitmq-diagnostics alarms; free memory or disk space there")
            ]
        }
        guard !missing.isEmpty else {
            return [ok("'\(user)' has a host's rights, and the broker takes messages")]
        }
        return missing.map { right in
            wrong(
                "'\(user)' may not \(right.kind.rawValue) \(right.resource): \(right.detail)",
                why:
                    "a host of this user does not start, or cannot send. If hosts log in as another user, examine with "
                    + "that user's address.",
                remedy: patient.grant)
        }
    }
}
