/// An argument that parses but is invalid: a missing file, text that is not JSON.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
