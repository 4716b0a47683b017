#if HTTP
import Hummingbird
import NIOHTTP1
import Warren
import WarrenClient
import WarrenSupport

/// A status as `/api/v1` shows it, with its tag and its headers.
struct StatusAnswer: Sendable {
    let body: ByteBuffer
    let tag: EntityTag
    /// The headers of the answer, and of a 304 in its place, for ``DirectStatuses``: made once for all callers.
    let headers: HTTPHeaders
    let knownHeaders: HTTPHeaders

    init(_ status: OrchestrationStatus) {
        let bytes = StatusJSON(api: status).object.bytes
        body = ByteBuffer(bytes: bytes)
        tag = EntityTag(bytes)
        knownHeaders = HTTPHeaders(Self.fields(tag, isKnown: true).map { ($0.name.rawName, $0.value) })
        headers = HTTPHeaders(
            Self.fields(tag, isKnown: false).map { ($0.name.rawName, $0.value) }
                + [("Content-Length", String(bytes.count))])
    }

    /// The answer to a request: the body, or 304 if the caller has it.
    func response(to request: Request) -> Response {
        let isKnown = tag.isKnown(to: request)
        let headers = Self.fields(tag, isKnown: isKnown)
        return isKnown
            ? Response(status: .notModified, headers: headers)
            : Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private static func fields(_ tag: EntityTag, isKnown: Bool) -> HTTPFields {
        var headers = HTTPFields()
        if !isKnown {
            headers[.contentType] = "application/json"
            headers[.xContentTypeOptions] = "nosniff"
        }
        headers[.cacheControl] = "no-store"
        headers[.eTag] = tag.text
        return headers
    }
}
#endif
