/// The place of a call in the author's source.
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
