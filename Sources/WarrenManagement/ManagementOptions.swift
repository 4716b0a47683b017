#if HTTP
public import Logging

/// The settings of the HTTP API, both faces of it. Every value has a working default.
public struct ManagementOptions: Sendable {
    /// The maximum size of a body in bytes; a larger one is answered with 413. Default 1 MiB, the limit of a host
    /// without a payload folder. 65 MiB takes inputs of 64 MiB.
    public var maximumBodyBytes = 1 << 20
    /// The maximum size of all headers in bytes; larger ones are answered with 431. Default 16 KiB.
    public var maximumHeaderBytes = 16 << 10
    /// The maximum length of a path with its query in bytes; a longer one is answered with 414. Default 8 KiB.
    public var maximumURIBytes = 8 << 10
    /// The number of requests in a second for each key, or each address where there are no keys; more are answered with
    /// 429. `nil` for no limit. Default 20,000.
    public var requestsPerSecond: Int? = 20_000
    /// The number of event streams at once; a further one is answered with 429. Default 200.
    public var maximumStreams = 200
    /// Whether the URLs in responses are made from `X-Forwarded-Host` and `X-Forwarded-Proto` where a request has them.
    /// Only behind a proxy that sets them: otherwise callers choose their content. Default false.
    public var useForwardedHost = false
    /// The longest time that a request waits for an instance to end; a longer `timeout` is taken as this. Default 230 s:
    /// load balancers tend to close a connection that is silent for longer.
    public var maximumWait: Duration = .seconds(230)
    /// Whether `GET /api/orchestrators/…` starts an orchestration, as `POST` does. Default false: a browser follows a
    /// link or a picture's address without asking, and the author of a page could start work on this machine.
    public var allowsStartByGet = false
    /// The keys that callers need. Without keys, which is the default, requests from other machines are refused where
    /// the server tells their address, as ``ManagementServer`` does; of a router of your own, see to that yourself.
    public var keys: AccessKeys?
    /// The log for one line per command: the key, the command, the instance, the status. By default the routes' own.
    public var auditLogger: Logger?
    /// The path at which this very server has the metrics of its host: the system page of the dashboard links to it, and
    /// `GET /api/v1/hub` tells it. By default none.
    public var metricsPath: String?
    /// The origins of web pages that may start, control and purge, such as `https://ops.example.com`, besides pages of
    /// this very server; `null` stands for pages opened as a file, `*` for all pages. Default none; other pages get
    /// 403. Programs other than browsers send no origin, and are not affected. With ``keys``, pages need a key instead.
    public var allowedOrigins: Set<String> = []
    /// The origins of web pages that browsers may let read `/api/v1` (CORS), such as `https://ops.example.com`. Without
    /// ``keys`` they may send commands, too. Default none.
    public var crossOrigins: Set<String> = []
    /// The names under which requests to this server may start, control or purge, such as `warren.example.com`, besides
    /// `localhost` and IP addresses; with a port, that port only. Default none; a request under another name gets 403.
    /// This excludes pages with a name that was made to resolve to this machine. With ``keys``, any name will do.
    public var allowedHosts: Set<String> = []

    /// The defaults.
    public init() {}
}
#endif
