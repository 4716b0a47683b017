public import Warren

extension FunctionRegistrar {
    /// Allows orchestrators to make requests over HTTP from this host: registers the activity behind `callHTTP`.
    ///
    /// ```swift
    /// var rules = HTTPCallRules()
    /// rules.credentials["payments"] = HTTPCredential(
    ///     headers: ["Authorization": "Bearer \(token)"], origins: ["https://pay.example"])
    /// try host.allowHTTP(rules)
    /// ```
    ///
    /// - Throws: ``HTTPRulesError`` if a rule is out of its range.
    public func allowHTTP(_ rules: HTTPCallRules = HTTPCallRules()) throws {
        let client = try HTTPClient(rules)
        register(DurableHTTP.activity) { request in try await client.send(request) }
    }
}
