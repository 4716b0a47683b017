import Synchronization
package import Warren

/// A status that was read, with what callers made of it: as long as the status is the latest one, nobody reads it or writes
/// it out again.
package final class StatusCopy: Sendable {
    package let status: OrchestrationStatus
    private let forms = Mutex<[(type: ObjectIdentifier, form: any Sendable)]>([])

    package init(_ status: OrchestrationStatus) {
        self.status = status
    }

    /// A form of the status, such as its JSON: made for the first caller, and kept for the others.
    ///
    /// - Parameter make: makes the form. It may be called twice, by callers at the same time; one result is kept.
    package func form<Form: Sendable>(_ make: (OrchestrationStatus) -> Form) -> Form {
        let type = ObjectIdentifier(Form.self)
        let known = forms.withLock { forms in forms.first { $0.type == type }?.form }
        if let known = known as? Form { return known }
        let form = make(status)
        forms.withLock { forms in
            if !forms.contains(where: { $0.type == type }) { forms.append((type, form)) }
        }
        return form
    }
}

extension StatusCopy: Equatable {
    package static func == (one: StatusCopy, other: StatusCopy) -> Bool { one.status == other.status }
}
