public import Warren

/// What a host that makes requests for orchestrators allows, and its limits.
public struct HTTPCallRules: Sendable {
    /// The kinds of addresses that are refused. The address that counts is the one that is connected to, after the name
    /// was looked up, for every redirect anew.
    public var refused: HTTPAddressKinds
    /// The time limit of an attempt that names none.
    public var timeout: Duration
    /// The longest time limit that a request may name.
    public var longestTimeout: Duration
    /// The number of redirects that are followed. The answer behind the last one is an error.
    public var maximumRedirects: Int
    /// The number of bytes that the body of an answer may have.
    public var maximumBody: Int
    /// The number of bytes that the headers of an answer may have.
    public var maximumHeaders: Int
    /// The number of requests that are under way at the same time; the others wait, their time limit not begun.
    public var concurrency: Int
    /// Credentials by the names that requests use.
    public var credentials: [String: HTTPCredential]
    /// A file with the certificates of authorities that servers may be certified by, in PEM; `nil` for the system's.
    public var authorities: String?
    /// Addresses that names have, instead of those that are looked up: `name:port:address`, as libcurl has it. For tests.
    package var addresses: [String] = []

    /// The usual rules: 100 seconds, 10 redirects, bodies of 1 MiB, and no address of this machine, its link or a cloud's
    /// metadata.
    public init(
        refused: HTTPAddressKinds = .standard, timeout: Duration = .seconds(100),
        longestTimeout: Duration = .minutes(30), maximumRedirects: Int = 10, maximumBody: Int = 1 << 20,
        maximumHeaders: Int = 64 << 10, concurrency: Int = 64, credentials: [String: HTTPCredential] = [:],
        authorities: String? = nil
    ) {
        self.refused = refused
        self.timeout = timeout
        self.longestTimeout = longestTimeout
        self.maximumRedirects = maximumRedirects
        self.maximumBody = maximumBody
        self.maximumHeaders = maximumHeaders
        self.concurrency = concurrency
        self.credentials = credentials
        self.authorities = authorities
    }

    /// - Throws: `HTTPRulesError` that names the field and the values it may have.
    func check() throws {
        func require(_ holds: Bool, _ text: String) throws { if !holds { throw HTTPRulesError(description: text) } }
        try require(timeout > .zero, "timeout is \(timeout); it must be more than zero")
        try require(
            longestTimeout >= timeout && longestTimeout <= .days(1),
            "longestTimeout is \(longestTimeout); it must be from timeout, \(timeout), to one day")
        try require(
            (0...50).contains(maximumRedirects), "maximumRedirects is \(maximumRedirects); it must be from 0 to 50")
        try require(
            (0...(64 << 20)).contains(maximumBody), "maximumBody is \(maximumBody); it must be from 0 to 67108864")
        try require(
            (1024...(1 << 20)).contains(maximumHeaders),
            "maximumHeaders is \(maximumHeaders); it must be from 1024 to 1048576")
        try require((1...1024).contains(concurrency), "concurrency is \(concurrency); it must be from 1 to 1024")
        for (name, credential) in credentials.sorted(by: { $0.key < $1.key }) {
            try require(!name.isEmpty, "credentials: a name is empty")
            try require(
                !credential.origins.isEmpty, "credentials['\(name)'].origins is empty; name those that may see it")
            for origin in credential.origins {
                do {
                    let place = try HTTPLocation(origin)
                    try require(
                        place.path == "/" && place.query == nil,
                        "credentials['\(name)'].origins: '\(origin)' has a path; write scheme, host and port only")
                } catch let problem as HTTPLocationProblem {
                    throw HTTPRulesError(description: "credentials['\(name)'].origins: '\(origin)': \(problem)")
                }
            }
            for (header, value) in credential.headers {
                if let problem = HTTPFieldRules.problem(name: header, value: value) {
                    throw HTTPRulesError(description: "credentials['\(name)'].headers: \(problem)")
                }
            }
        }
    }
}

/// A value of ``HTTPCallRules`` that cannot be used.
public struct HTTPRulesError: Error, Sendable, CustomStringConvertible {
    /// The field, its value and the values that it may have; nothing secret.
    public var description: String
}
