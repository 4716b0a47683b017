import CCurl
import Warren
import WarrenSupport

/// One request to one URL, without redirects, and what has arrived of its answer.
///
/// `@unchecked Sendable`: after it is submitted, everything but `end` is used by the thread of the loop alone, on which
/// libcurl makes its calls.
final class Transfer: @unchecked Sendable {
    /// What is sent.
    struct Request: Sendable {
        var method: String
        var location: HTTPLocation
        var headers: DurableHTTPHeaders
        var body: [UInt8]?
    }

    /// What was received.
    struct Answer: Sendable {
        var status: Int
        var headers: DurableHTTPHeaders
        var body: [UInt8]
        /// The time that it took.
        var elapsed: Duration
    }

    /// The reason why there is no answer.
    enum Problem: Error {
        case address(InternetAddress)
        case tooLarge(String)
        case timeout
        case connection(String)
    }

    let end = OneShot<Result<Answer, any Error>>()
    private let request: Request
    private let rules: HTTPCallRules
    private let timeout: Duration

    private var handle: UnsafeMutableRawPointer?
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var start = ContinuousClock.now
    private var headers = DurableHTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var problem: Problem?

    init(_ request: Request, rules: HTTPCallRules, timeout: Duration) {
        self.request = request
        self.rules = rules
        self.timeout = timeout
    }

    deinit { close() }

    /// Prepares the transfer for libcurl; `nil` if it cannot.
    func open() -> UnsafeMutableRawPointer? {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        start = .now
        guard limit(handle), connect(handle), send(handle), receive(handle) else {
            close()
            return nil
        }
        return handle
    }

    /// Frees what libcurl has. The handle must have been removed from the loop.
    func close() {
        if let handle { curl_easy_cleanup(handle) }
        handle = nil
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }

    /// Reports the end of the transfer.
    func finish(_ code: CURLcode) {
        end.fulfil(result(code))
    }

    private func result(_ code: CURLcode) -> Result<Answer, any Error> {
        guard code == CURLE_OK, let handle else {
            // A refused address counts only if the transfer failed: another address of the name may have taken the connection.
            if let problem { return .failure(problem) }
            if code == CURLE_OPERATION_TIMEDOUT { return .failure(Problem.timeout) }
            return .failure(Problem.connection(String(cString: curl_easy_strerror(code))))
        }
        var status = 0
        _ = warren_curl_status(handle, &status)
        return .success(
            Answer(status: status, headers: headers, body: body, elapsed: ContinuousClock.now - start))
    }

    // MARK: Options

    /// Options that keep libcurl from everything but one request over http or https.
    private func limit(_ handle: UnsafeMutableRawPointer) -> Bool {
        let milliseconds = Int(clamping: max(1, timeout.wholeMilliseconds))
        return warren_curl_set_protocols(handle) == CURLE_OK
            // Proxies of the environment would connect to addresses that are not checked.
            && text(CURLOPT_PROXY, "") && text(CURLOPT_NOPROXY, "*")
            && long(CURLOPT_FOLLOWLOCATION, 0) && long(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
            // Signals are the program's own.
            && long(CURLOPT_NOSIGNAL, 1) && long(CURLOPT_TIMEOUT_MS, milliseconds)
            && long(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
    }

    private func connect(_ handle: UnsafeMutableRawPointer) -> Bool {
        guard text(CURLOPT_URL, request.location.description) else { return false }
        if let authorities = rules.authorities, !text(CURLOPT_CAINFO, authorities) { return false }
        if !rules.addresses.isEmpty, !list(CURLOPT_RESOLVE, rules.addresses) { return false }
        let open: warren_curl_open = { context, _, address in
            guard let context, let address else { return warren_curl_no_socket() }
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().socket(for: address)
        }
        return warren_curl_set_open(handle, open) == CURLE_OK && me(CURLOPT_OPENSOCKETDATA)
    }

    private func send(_ handle: UnsafeMutableRawPointer) -> Bool {
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Nobody waits for the word to go on.
        lines.append("Expect:")
        if request.headers["user-agent"] == nil { lines.append("User-Agent: Warren") }
        let wantsLength = ["POST", "PUT", "PATCH"].contains(request.method)
        if let body = request.body ?? (wantsLength ? [] : nil) {
            if request.headers["content-type"] == nil {
                lines.append(request.body == nil ? "Content-Type:" : "Content-Type: text/plain; charset=utf-8")
            }
            guard warren_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)) == CURLE_OK else {
                return false
            }
            // It copies as many bytes as were announced.
            var copy = body + [0]
            let code = copy.withUnsafeMutableBytes {
                warren_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
            }
            guard code == CURLE_OK else { return false }
        }
        if request.method == "HEAD", !long(CURLOPT_NOBODY, 1) { return false }
        return text(CURLOPT_CUSTOMREQUEST, request.method) && list(CURLOPT_HTTPHEADER, lines)
    }

    private func receive(_ handle: UnsafeMutableRawPointer) -> Bool {
        let header: warren_curl_receive = { bytes, size, count, context in
            Transfer.received(bytes, size, count, context) { $0.receiveHeader($1) }
        }
        let body: warren_curl_receive = { bytes, size, count, context in
            Transfer.received(bytes, size, count, context) { $0.receiveBody($1) }
        }
        return warren_curl_set_receive(handle, CURLOPT_HEADERFUNCTION, header) == CURLE_OK
            && me(CURLOPT_HEADERDATA)
            && warren_curl_set_receive(handle, CURLOPT_WRITEFUNCTION, body) == CURLE_OK && me(CURLOPT_WRITEDATA)
    }

    private func long(_ option: CURLoption, _ value: Int) -> Bool {
        warren_curl_set_long(handle, option, value) == CURLE_OK
    }

    private func text(_ option: CURLoption, _ value: String) -> Bool {
        warren_curl_set_text(handle, option, value) == CURLE_OK
    }

    /// Passes this object to libcurl's calls; the loop keeps it until the transfer has ended.
    private func me(_ option: CURLoption) -> Bool {
        warren_curl_set_pointer(handle, option, Unmanaged.passUnretained(self).toOpaque()) == CURLE_OK
    }

    private func list(_ option: CURLoption, _ lines: [String]) -> Bool {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return false
            }
            list = longer
        }
        if let list { lists.append(list) }
        return warren_curl_set_list(handle, option, list) == CURLE_OK
    }

    // MARK: What libcurl asks and brings

    /// Opens the socket for a connection, unless its address is refused. This is where rebinding ends: whatever a name
    /// meant before, the connection is made to this address.
    private func socket(for address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = Int(warren_curl_address(address, &bytes))
        guard let place = InternetAddress(bytes: Array(bytes.prefix(count))) else {
            problem = .connection("its address is of a family that is not called")
            return warren_curl_no_socket()
        }
        guard place.kinds.isDisjoint(with: rules.refused) else {
            problem = .address(place)
            return warren_curl_no_socket()
        }
        return warren_curl_open_socket(address)
    }

    private static func received(
        _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (Transfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context, let bytes else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        // Any other number than was given ends the transfer.
        return take(transfer, UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= rules.maximumBody else {
            problem = .tooLarge("its body has more than \(rules.maximumBody) bytes (maximumBody)")
            return false
        }
        body += bytes
        return true
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= rules.maximumHeaders else {
            problem = .tooLarge("its headers have more than \(rules.maximumHeaders) bytes (maximumHeaders)")
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // The headers of an interim answer, such as 103, are not those of the answer.
            headers = DurableHTTPHeaders()
            return true
        }
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return true }
        let name = line[..<colon]
        let value = line[colon...].dropFirst().drop { $0.isWhitespace }
        let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
        headers.add(String(name), String(value[..<end]))
        return true
    }
}
