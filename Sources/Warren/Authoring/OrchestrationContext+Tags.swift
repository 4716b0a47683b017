extension OrchestrationContext {
    /// Sets a label of the instance, or removes it with `nil`. Listings by tag find the instance by its labels of the
    /// moment; they stay when it continues as new, and sub-orchestrations that are called from then on inherit them.
    ///
    /// - Parameters:
    ///   - name: The label's name: 1 to 200 bytes of UTF-8 without control characters.
    ///   - value: The label's value, at most 1024 bytes; `nil` removes the label.
    ///   - file: The file of the call, for reports.
    ///   - line: The line of the call, for reports.
    /// - Throws: ``WarrenError`` with ``WarrenError/Code/invalidTag`` if name or value is not acceptable, or if the instance
    ///   would have more than 64 labels.
    public func setTag(
        _ name: String, _ value: String?, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        let site = CallSite(file, line)
        try core.admitNow(site)
        if let problem = TagRules.problem(name: name, value: value, in: core.tags) {
            throw WarrenError(.invalidTag, problem, file: file, line: line)
        }
        guard core.tags[name] != value else { return }
        core.tags[name] = value
        if !core.isReplaying { core.actions.append(.setTag(name: name, value: value)) }
    }
}
