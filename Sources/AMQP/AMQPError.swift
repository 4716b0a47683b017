/// What went wrong between us and the broker: a code to decide by, and words that say what to do.
package struct AMQPError: Error, Sendable, CustomStringConvertible {
    /// What kind of error it is.
    package var code: Code
    /// What happened, with the broker's own words where there are any.
    package var message: String
    /// The broker's reply code (`404`, `541`, …), when the broker said it.
    package var replyCode: Int?
    /// Where the error was made.
    package var file: String
    package var line: Int

    package init(
        _ code: Code, _ message: String, replyCode: Int? = nil, file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
        self.file = file
        self.line = line
    }

    /// What to do about it.
    package var remedy: String { code.remedy }

    package var description: String {
        "\(code): \(message)\(message.hasSuffix(".") ? "" : ".") \(remedy)"
    }

    /// Whether the same call may succeed later without anybody changing anything.
    package var isTransient: Bool { code.isTransient }
}
