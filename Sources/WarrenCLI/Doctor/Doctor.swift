import WarrenClient
import WarrenMessaging

/// Examines a hub from the outside in: the broker, the hub on it, its hosts, their files.
struct Doctor {
    let checks: [any DoctorCheck]

    init(isThorough: Bool) {
        checks = [
            BrokerCheck(), HubCheck(), RightsCheck(), HostsCheck(), QueuesCheck(), AnswersCheck(),
            DataCheck(isThorough: isThorough),
        ]
    }

    /// Runs the checks one after the other, and gives each finding as it comes. A check that fails itself is a finding.
    func examine(_ patient: inout Patient, _ tell: (Finding) -> Void) async throws {
        for check in checks {
            do {
                for finding in try await check.examine(&patient) { tell(finding) }
            } catch let error as CancellationError {
                throw error
            } catch {
                tell(
                    .wrong(
                        type(of: check).name, "this could not be examined: \(ExitStatus.explanation(of: error))",
                        why: "what it looks at may be wrong.", remedy: "mend what was found before it, and run it again"
                    ))
            }
        }
        await patient.provisioning?.transport.shutdown()
    }
}
