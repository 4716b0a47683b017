#if HTTP
import Hummingbird

/// Tells browsers which pages of other origins may read answers (CORS). Nobody may unless the options say so.
struct CrossOrigin {
    /// The origin of the page, if it may read.
    private let origin: String?
    private let isPreflight: Bool
    private let isConfigured: Bool

    init(_ options: ManagementOptions, _ request: Request) {
        isConfigured = !options.crossOrigins.isEmpty
        let asked = request.headers[.origin]
        origin = asked.flatMap { asked in
            options.crossOrigins.contains { $0.lowercased() == asked.lowercased() } ? asked : nil
        }
        isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
    }

    /// The answer to a browser that asks before it sends a request; `nil` for any other request.
    var preflight: Response? {
        guard isPreflight, origin != nil else { return nil }
        var headers = HTTPFields()
        add(to: &headers)
        headers[.accessControlAllowMethods] = "GET, HEAD, POST, DELETE"
        headers[.accessControlAllowHeaders] = "authorization, content-type, if-none-match, x-api-key"
        headers[.accessControlMaxAge] = "600"
        return Response(status: .noContent, headers: headers)
    }

    func add(to headers: inout HTTPFields) {
        guard isConfigured else { return }
        headers[.vary] = "Origin"
        guard let origin else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = "etag, location, retry-after"
    }
}
#endif
