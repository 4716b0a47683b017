/// Why a run does not count.
struct BenchError: Error, Sendable, CustomStringConvertible {
    struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable { case host, broker, stalled, lost, duplicated, wrong, leftOver }
        private let value: Value

        /// The host did not start, or ended during the run. Its log says why.
        static let host = Code(value: .host)
        /// The broker refused or lost a message of the load. See whether it has an alarm.
        static let broker = Code(value: .broker)
        /// Nothing came to an end for a long time. Something was lost, or the machine is far too slow for the load.
        static let stalled = Code(value: .stalled)
        /// Fewer things happened than were asked for. That is a bug of Warren.
        static let lost = Code(value: .lost)
        /// Something happened twice without a fault that explains it. That is a bug of Warren.
        static let duplicated = Code(value: .duplicated)
        /// A result is not what the orchestrator computes. That is a bug of Warren.
        static let wrong = Code(value: .wrong)
        /// Messages or open instances remained at the end. That is a bug of Warren.
        static let leftOver = Code(value: .leftOver)

        var description: String { value.rawValue }
    }

    var code: Code
    var message: String
    var cause: (any Error)?
    var file: StaticString
    var line: UInt

    init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.file = file
        self.line = line
    }

    var description: String {
        "\(code): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
