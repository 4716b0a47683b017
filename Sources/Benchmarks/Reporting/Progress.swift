import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Says on standard error what is being measured, when that is a terminal.
final class Progress: Sendable {
    static let shared = Progress()

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let title = Mutex("")

    /// Something new is measured.
    func begin(_ title: String) {
        self.title.withLock { $0 = title }
        show("starting")
    }

    /// How far it is.
    func show(_ state: String) {
        if isTerminal { put("\r\u{1B}[K\(title.withLock { $0 }): \(state)") }
    }

    /// Takes the line away again.
    func end() {
        if isTerminal { put("\r\u{1B}[K") }
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        // A progress line that cannot be written is no reason to stop.
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
