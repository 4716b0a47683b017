#if HTTP
import Hummingbird

/// The page that the game is played on. It is part of the program, and needs nothing from anywhere else.
enum Page {
    private static let html = String(decoding: PackageResources.index_html, as: UTF8.self)

    /// The page, allowed to run its own script and style and nothing else: should somebody's name ever end up in it as
    /// markup, then it does nothing.
    static func response() -> Response {
        let nonce = (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
        let body = html.replacing("<script>", with: "<script nonce=\"\(nonce)\">", maxReplacements: 1)
            .replacing("<style>", with: "<style nonce=\"\(nonce)\">", maxReplacements: 1)
        let policy = [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ]
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy.joined(separator: "; "),
                .xContentTypeOptions: "nosniff", .cacheControl: "no-store",
            ], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
#endif
