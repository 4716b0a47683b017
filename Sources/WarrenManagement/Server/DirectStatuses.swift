#if HTTP
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1
import WarrenHost

/// Answers the plainest request for a status, `GET /api/v1/instances/{instanceId}`, from the memory of the host in this
/// process: without the router, and without a task.
///
/// Everything else is left to the router: another path or method, a query, an ID with an escape, a status that is not in
/// memory, a caller that is refused. The caller is examined by the same code as there, and the answer is made of the same
/// parts.
struct DirectStatuses: Sendable {
    struct Answer {
        var head: HTTPResponseHead
        /// `nil` for 304.
        var body: ByteBuffer?
    }

    private let parts: ManagementParts
    private let date = HTTPDate()
    private let clock = SystemHostClock()

    private static let path = "\(ManagementAPI.base)/instances/"
    /// A request with more headers is left to the router.
    private static let mostHeaders = 40

    init(_ parts: ManagementParts) {
        self.parts = parts
    }

    /// The instance that a request is about, if it may be answered here.
    func instanceID(in head: HTTPRequestHead) -> String? {
        guard head.method == .GET, head.version == .http1_1, head.headers.count <= Self.mostHeaders,
            head.uri.utf8.starts(with: Self.path.utf8)
        else { return nil }
        let id = head.uri.utf8.dropFirst(Self.path.utf8.count)
        // What is neither escaped nor the beginning of another part.
        let isPlain = id.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "@"):
                true
            default: false
            }
        }
        guard isPlain, !id.isEmpty else { return nil }
        return String(Substring(id))
    }

    /// Answers a request without a body.
    ///
    /// - Parameter address: the address from which it came.
    /// - Returns: `nil` if it is left to the router.
    func answer(_ head: HTTPRequestHead, about instanceID: String, from address: String?) -> Answer? {
        guard let copy = parts.statusInMemory(of: instanceID), let request = Self.request(head) else { return nil }
        do {
            let caller = try parts.access.caller(of: request, address: address, isCounted: false)
            try parts.access.checkBrowser(request)
            try parts.access.require(.read, of: caller)
            // Last, so that what is left to the router is counted once.
            try parts.access.count(caller)
        } catch {
            return nil
        }
        let answer = copy.form { StatusAnswer($0) }
        let isKnown = answer.tag.isKnown(to: request)
        var headers = isKnown ? answer.knownHeaders : answer.headers
        headers.add(name: "Date", value: date.text(clock.now))
        if !parts.options.crossOrigins.isEmpty {
            var fields = HTTPFields()
            CrossOrigin(parts.options, request).add(to: &fields)
            for field in fields { headers.add(name: field.name.rawName, value: field.value) }
        }
        return Answer(
            head: HTTPResponseHead(version: .http1_1, status: isKnown ? .notModified : .ok, headers: headers),
            body: isKnown ? nil : answer.body)
    }

    /// The request as the router would get it; `nil` if it is to end the connection, or has a header that is none.
    private static func request(_ head: HTTPRequestHead) -> Request? {
        var fields = HTTPFields()
        var authority: String?
        for (name, value) in head.headers {
            if authority == nil, name.utf8.count == 4, name.lowercased() == "host" {
                authority = value
                continue
            }
            guard let name = HTTPFields.Element.Name(name) else { return nil }
            if name == .connection, value.lowercased() != "keep-alive" { return nil }
            fields.append(HTTPFields.Element(name: name, value: value))
        }
        let request = HTTPRequest(
            method: .get, scheme: "http", authority: authority, path: head.uri, headerFields: fields)
        return Request(head: request, body: RequestBody(buffer: ByteBuffer()))
    }
}
#endif
