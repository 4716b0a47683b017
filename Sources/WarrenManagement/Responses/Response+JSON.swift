#if HTTP
import Hummingbird
import Warren

extension Response {
    /// A response with a body of JSON text.
    init(status: HTTPResponse.Status, headers: HTTPFields = [:], json bytes: [UInt8]) {
        self.init(status: status, headers: headers, jsonBody: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A response with a body of JSON text that may be written piece by piece.
    init(status: HTTPResponse.Status, headers: HTTPFields = [:], jsonBody body: ResponseBody) {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        // Payloads are from other parties: no browser should treat one as a page.
        headers[.xContentTypeOptions] = "nosniff"
        self.init(status: status, headers: headers, body: body)
    }

    /// 202 without a body.
    static var accepted: Response { Response(status: .accepted) }
}
#endif
