#if HTTP
import Hummingbird
import WarrenClient

/// The files of the dashboard, with the headers that keep a page from loading or running anything else.
struct DashboardFiles: Sendable {
    private struct File {
        let bytes: ByteBuffer
        let type: String
        let tag: String
    }

    private let files: [String: File]

    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    init(_ contents: [String: [UInt8]] = Self.contents) {
        files = Dictionary(
            contents.map { name, bytes in
                let digest = SecretDigest.sha256(bytes).prefix(12)
                return (
                    name,
                    File(
                        bytes: ByteBuffer(bytes: bytes), type: Self.type(of: name),
                        tag: "\"\(Hexadecimal.text(Array(digest)))\"")
                )
            }
        ) { first, _ in first }
    }

    /// A file; 304 if the browser has it; 404 if there is none. A path of the page's own is answered with the page.
    func response(_ name: String, _ request: Request) -> Response {
        guard let file = files[name] ?? (name.contains(".") ? nil : files["index.html"]) else {
            return Response(status: .notFound, headers: Self.headers)
        }
        var headers = Self.headers
        headers[.eTag] = file.tag
        headers[.cacheControl] = "no-cache"
        if request.headers[.ifNoneMatch] == file.tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = file.type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }

    private static var headers: HTTPFields {
        var headers: HTTPFields = [.contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff"]
        if let name = HTTPFields.Element.Name("referrer-policy") { headers[name] = "no-referrer" }
        return headers
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
#endif
