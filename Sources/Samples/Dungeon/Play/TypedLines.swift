import Foundation

/// What is typed on standard input, line by line.
enum TypedLines {
    /// Read by a thread of its own, since reading blocks; it ends with the input or with the process.
    static func all() -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }
}
