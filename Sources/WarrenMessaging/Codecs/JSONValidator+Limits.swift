import Warren

extension JSONValidator {
    /// Whether a text is valid JSON, not nested more deeply than is allowed.
    static func accepts(_ bytes: [UInt8], _ limits: WireLimits) -> Bool {
        do throws(JSONProblem) {
            try check(bytes, maximumDepth: limits.maximumDepth)
            return true
        } catch {
            return false
        }
    }
}
