package import Warren

/// Chooses the versions of new instances, and decides which versions this host runs.
///
/// Code that is registered for a version runs that version. Code that is registered without one stands for all others, as
/// far as the host's strategy admits them.
package struct VersionRules: Sendable, Hashable {
    /// Which versions code without a version of its own runs.
    package enum Match: String, Sendable, Hashable, CaseIterable {
        /// All.
        case none
        /// The host's default version.
        case strict
        /// The host's default version, and older ones.
        case currentOrOlder
    }

    /// What becomes of an instance that this host does not run.
    package enum Mismatch: String, Sendable, Hashable, CaseIterable {
        /// It is left for another host.
        case reject
        /// It fails.
        case fail
    }

    /// The version of this host's code.
    package var defaultVersion: String?
    package var match: Match
    package var mismatch: Mismatch

    package init(defaultVersion: String? = nil, match: Match = .currentOrOlder, mismatch: Mismatch = .reject) {
        self.defaultVersion = defaultVersion
        self.match = match
        self.mismatch = mismatch
    }

    /// The version with which an instance begins.
    ///
    /// - Parameters:
    ///   - asked: the version that its start names.
    ///   - registered: the versions that code is registered for, the oldest first; `nil` among them is code for all others.
    package func version(asked: String?, registered: [String?]) -> String? {
        if let asked { return asked }
        if let defaultVersion, registered.isEmpty || runs(defaultVersion, registered) { return defaultVersion }
        return registered.last ?? nil
    }

    package func verdict(on name: String, _ version: String?, registered: [String?]) -> VersionVerdict {
        if registered.isEmpty { return .unknown }
        if runs(version, registered) { return .runs }
        let reason = reason(name, version, registered)
        switch mismatch {
        case .reject: return .waits(reason)
        case .fail:
            return .fails(
                FailureDetails(type: FailureDetails.versionMismatchType, message: reason, isNonRetriable: true))
        }
    }

    private func runs(_ version: String?, _ registered: [String?]) -> Bool {
        if version == nil, registered.first == .some(nil) { return admits(nil) }
        if let version, registered.contains(where: { $0 != nil && OrchestrationVersion.areEqual($0, version) }) {
            return true
        }
        return registered.contains(nil) && admits(version)
    }

    private func admits(_ version: String?) -> Bool {
        switch match {
        case .none: true
        case .strict: OrchestrationVersion.areEqual(version, defaultVersion)
        case .currentOrOlder: !OrchestrationVersion.isOlder(defaultVersion, than: version)
        }
    }

    private func reason(_ name: String, _ version: String?, _ registered: [String?]) -> String {
        let wanted = version.map { "version \($0)" } ?? "an instance without a version"
        let own = registered.compactMap { $0 }
        var text = "This host does not run \(wanted) of '\(name)'."
        if !own.isEmpty { text += " Registered are \(own.joined(separator: ", "))." }
        if registered.contains(nil) {
            let ours =
                defaultVersion.map { "'orchestrations.defaultVersion' is \($0)" }
                ?? "'orchestrations.defaultVersion' is not set"
            text +=
                " Its \(own.isEmpty ? "" : "other ")code takes what 'orchestrations.versionMatch' admits: "
                + "\(match.rawValue), and \(ours)."
        }
        return text + " Start a host with that version, or register it."
    }
}

/// Whether a host runs a version of an orchestration.
package enum VersionVerdict: Sendable, Hashable {
    case runs
    /// No orchestration of the name is registered.
    case unknown
    /// It is left for another host, for this reason.
    case waits(String)
    case fails(FailureDetails)
}
