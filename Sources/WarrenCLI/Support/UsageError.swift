/// An argument that parses but makes no sense: a file that is not there, text that is not JSON.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
