import Dispatch
import Synchronization
import TestSupport
import Warren
import WarrenStorage

@testable import WarrenHost

/// Files of which the first copy that takes the place of a store waits until a test lets it.
final class PausedFiles: Sendable {
    private let isFirst = Atomic(true)
    private let reached = Gate()
    private let released = DispatchSemaphore(value: 0)

    /// Waits for the first copy.
    func waitForCopy() async { await reached.pass() }
    func goOn() { released.signal() }

    func around(_ files: any PartitionFiles) -> any PartitionFiles { Files(files: files, paused: self) }

    private func pause() {
        guard isFirst.exchange(false, ordering: .relaxed) else { return }
        reached.open()
        // Copies take the place of files on threads that may block.
        _ = released.wait(timeout: .now() + 50)
    }

    private struct Files: PartitionFiles {
        let files: any PartitionFiles
        let paused: PausedFiles

        func exists() throws -> Bool { try files.exists() }
        func open(_ identity: JournalIdentity?) throws -> any PartitionStore { try files.open(identity) }
        func replace(with path: String) throws {
            paused.pause()
            try files.replace(with: path)
        }
        func remove() throws { try files.remove() }
        func temporaryPath() throws -> String? { try files.temporaryPath() }
    }
}
