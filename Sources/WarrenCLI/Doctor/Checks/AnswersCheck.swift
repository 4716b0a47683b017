import WarrenClient
import WarrenMessaging

/// What the hosts answer: destinations that take nothing, and rows that could not be read.
struct AnswersCheck: DoctorCheck {
    static let name = "answers"

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        guard let partitions = patient.partitions, patient.hasHost, patient.takesMessages else { return [] }
        var findings: [Finding] = []
        do {
            for place in try await patient.ask({ try await $0.parkedDestinations() }) ?? [] {
                findings.append(
                    wrong(
                        "\(place.rows) rows wait for \(place.destination) since \(place.since.shortText): \(place.reason)",
                        why: "what is in them does not arrive, and the orchestrations behind it wait.",
                        remedy: "make the destination, or the right to it; 'warren hub show\(patient.hubOption)' shows "
                            + "when it is gone"))
            }
        } catch let error as ClientError {
            return [Self.unanswered(error, patient)]
        }
        let answers = try await patient.ask { try await $0.damagedRows(partitions: partitions) } ?? []
        var missing: [Int] = []
        for (partition, answer) in answers.enumerated() {
            switch answer {
            case .success(let reply) where !reply.counts.isEmpty:
                let counts = reply.counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
                findings.append(
                    wrong(
                        "partition \(partition) has set rows aside that it cannot read: \(counts.joined(separator: ", "))",
                        why: "their instances have failed; a disk that damages rows damages more.",
                        remedy: "warren dead list\(patient.hubOption) --reason damaged-row; check the disk: smartctl -a"
                    ))
            case .success: continue
            case .failure: missing.append(partition)
            }
        }
        if !missing.isEmpty {
            findings.append(
                wrong(
                    "\(PartitionWords.text(missing)) did not answer within \(patient.patience)",
                    why: "no host has them, or it is stuck.",
                    remedy: "warren hub show\(patient.hubOption) --owners"))
        }
        return findings.isEmpty ? [ok("every partition answers, nothing is held up, no row is damaged")] : findings
    }

    /// Judges why a question got no answer: its user may not ask, or a host does not answer.
    static func unanswered(_ error: ClientError, _ patient: Patient) -> Finding {
        if error.code == .unreachable, error.description.contains("ACCESS_REFUSED") {
            return .wrong(
                name, "'\(patient.login.user)' may not ask the hosts: \(error.message)",
                why:
                    "what they would say of parked and damaged rows is not examined, and no command that asks works for this "
                    + "user. The hosts themselves may be well.",
                remedy: patient.grant)
        }
        return .wrong(
            name, error.message, why: "a host reads the intake, and does not answer.",
            remedy: "warren hub show\(patient.hubOption); then read the host's log")
    }
}
