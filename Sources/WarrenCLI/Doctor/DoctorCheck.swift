/// One examination of a hub.
protocol DoctorCheck: Sendable {
    /// A word for the findings.
    static var name: String { get }

    /// Looks, and leaves in the patient what later checks need.
    ///
    /// - Returns: the findings; none if the check does not apply, because an earlier one found out why.
    func examine(_ patient: inout Patient) async throws -> [Finding]
}

extension DoctorCheck {
    func ok(_ text: String) -> Finding { .ok(Self.name, text) }

    func advice(_ text: String, why: String, remedy: String) -> Finding {
        .advice(Self.name, text, why: why, remedy: remedy)
    }

    func wrong(_ text: String, why: String, remedy: String) -> Finding {
        .wrong(Self.name, text, why: why, remedy: remedy)
    }
}
