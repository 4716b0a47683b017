import Warren

extension RuntimeStatus {
    /// The status as lifecycle messages write it: in lower camel case.
    var wireName: String {
        rawValue.prefix(1).lowercased() + rawValue.dropFirst()
    }
}
