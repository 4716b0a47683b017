/// An error between this side and the broker: a code for decisions, and words with the remedy.
package struct AMQPError: Error, Sendable, CustomStringConvertible {
    /// The kind of the error.
    package var code: Code
    /// The description, with the broker's own words where there are any.
    package var message: String
    /// The broker's reply code (`404`, `541`, …), if the broker sent one.
    package var replyCode: Int?
    /// The place in the source at which the error was created.
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

    /// The remedy.
    package var remedy: String { code.remedy }

    package var description: String {
        "\(code): \(message)\(message.hasSuffix(".") ? "" : ".") \(remedy)"
    }

    /// Whether the same call may succeed later without a change by anyone.
    package var isTransient: Bool { code.isTransient }
}
