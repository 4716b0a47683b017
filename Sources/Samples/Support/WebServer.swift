#if HTTP
public import Hummingbird
public import Logging
public import ServiceLifecycle

/// A sample's HTTP server. It says where it listens once it does.
public struct WebServer: Service {
    private let application: any ApplicationProtocol
    private let place: String
    private let addresses: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    /// A server of a router's routes.
    ///
    /// - Parameters:
    ///   - router: the routes.
    ///   - options: where to listen.
    ///   - logger: for what concerns connections.
    public init<Context: RequestContext & InitializableFromSource<ApplicationRequestContextSource>>(
        router: Router<Context>, options: HTTPOptions, logger: Logger
    ) {
        let (addresses, continuation) = AsyncStream<String>.makeStream()
        self.addresses = addresses
        self.continuation = continuation
        let port = options.httpPort
        let host = options.httpAddress.contains(":") ? "[\(options.httpAddress)]" : options.httpAddress
        place = "\(host):\(port)"
        application = Application(
            router: router, configuration: .init(address: .hostname(options.httpAddress, port: port)),
            onServerRunning: { channel in
                continuation.yield("http://\(host):\(channel.localAddress?.port ?? port)")
            }, logger: logger)
    }

    /// Where the server listens, such as `http://127.0.0.1:7071`; `nil` if it ended before it came to that. Asked once.
    var address: String? {
        get async {
            for await address in addresses { return address }
            return nil
        }
    }

    /// Serves until the surrounding service group shuts down.
    public func run() async throws {
        defer { continuation.finish() }
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CannotServe(place: place, cause: error)
        }
    }

    private struct CannotServe: Error, CustomStringConvertible {
        let place: String
        let cause: any Error

        var description: String {
            "The HTTP server cannot listen at \(place): \(cause). Give another --http-port, or 0 for any that is free."
        }
    }
}
#else
public import ServiceLifecycle

/// No HTTP server: the sample was built without the trait `HTTP`.
public struct WebServer: Service {
    private init() {}

    var address: String? { get async { nil } }

    /// Never called: there is none.
    public func run() async throws {}
}
#endif
