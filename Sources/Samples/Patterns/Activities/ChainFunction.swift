import Warren

/// One function of the chain: wraps the text in its own name, or fails if it is the one that is to fail.
struct ChainFunction: Sendable {
    let name: String

    func callAsFunction(_ link: ChainLink) throws -> String {
        if link.failAt == name { throw ChainBroken(function: name) }
        return "\(name)(\(link.value))"
    }
}

/// A function of the chain failed, as it was asked to.
struct ChainBroken: NonRetriableError, CustomStringConvertible {
    let function: String
    var description: String { "\(function) was asked to fail" }
}
