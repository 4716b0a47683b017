#if HTTP
import Hummingbird
import WarrenSupport

extension Response {
    /// A response of `/api/v1` with a JSON object.
    init(api object: JSONObjectWriter, status: HTTPResponse.Status = .ok, location: String? = nil) {
        self.init(apiBytes: object.bytes, status: status, location: location)
    }

    /// A response of `/api/v1` with JSON text.
    init(apiBytes bytes: [UInt8], status: HTTPResponse.Status = .ok, location: String? = nil) {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "no-store"
        if let location { headers[.location] = location }
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// 204.
    static var done: Response { Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
}
#endif
