package import Warren

/// What a host has read of an instance without a message.
package enum CommittedStatus: Sendable, Equatable {
    case found(StatusCopy)
    /// There is no such instance.
    case unknown
    /// The hub has to be asked by message: the instance is not this host's, its partition does not work at present, or a
    /// question is the better way to it.
    case askTheHub

    /// The status, if there is one.
    package var status: OrchestrationStatus? {
        guard case .found(let copy) = self else { return nil }
        return copy.status
    }
}
