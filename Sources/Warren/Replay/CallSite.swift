/// Where in the author's source something was asked for.
struct CallSite: Sendable {
    var file: StaticString
    var line: UInt

    init(_ file: StaticString, _ line: UInt) {
        self.file = file
        self.line = line
    }
}

extension CallSite: CustomStringConvertible {
    var description: String { "\(file):\(line)" }
}
