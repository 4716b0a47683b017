#if HTTPTLS
import Logging
import NIOSSL
import Synchronization
import WarrenSupport

/// The certificate that new connections get: that of the files, read again when they have changed.
final class TLSContext: Sendable {
    private struct State {
        var context: NIOSSLContext
        var stamps: [FileStamp?]
        var checkedAt: ContinuousClock.Instant
    }

    private let files: TLSFiles
    private let logger: Logger
    private let state: Mutex<State>

    /// The time for which the files are not looked at again.
    private static let patience: Duration = .seconds(1)

    /// - Throws: ``ServerError`` if the files cannot be used.
    init(_ files: TLSFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        // The stamps are taken first: a change between the two is seen as one.
        let stamps = Self.stamps(files)
        state = Mutex(State(context: try Self.read(files), stamps: stamps, checkedAt: .now))
    }

    /// The context for a new connection. Files that cannot be used leave it as it was, with an error in the log.
    var current: NIOSSLContext {
        let (context, isDue) = state.withLock { state in
            let isDue = ContinuousClock.now - state.checkedAt >= Self.patience
            if isDue { state.checkedAt = .now }
            return (state.context, isDue)
        }
        guard isDue else { return context }
        let stamps = Self.stamps(files)
        let hasChanged = state.withLock { state in
            defer { state.stamps = stamps }
            return state.stamps != stamps
        }
        guard hasChanged else { return context }
        do {
            let next = try Self.read(files)
            state.withLock { $0.context = next }
            logger.notice("The certificate was read again", metadata: [LogKey.file: "\(files.certificate)"])
            return next
        } catch {
            logger.error(
                "The certificate cannot be read again; the one before still counts",
                metadata: [LogKey.error: "\(error)"])
            return context
        }
    }

    private static func stamps(_ files: TLSFiles) -> [FileStamp?] {
        [FileStamp(files.certificate), FileStamp(files.key)]
    }

    private static func read(_ files: TLSFiles) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            // The error may quote nothing of the key: it names what failed.
            throw ServerError(
                "TLS cannot be used with the certificate '\(files.certificate)' and the key '\(files.key)': \(error). Both "
                    + "are PEM files that this program may read, and belong together.")
        }
    }
}
#endif
