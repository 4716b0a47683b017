import Hummingbird
import Warren

extension Response {
    /// A response whose body is JSON text.
    init(status: HTTPResponse.Status, headers: HTTPFields = [:], json bytes: [UInt8]) {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        // Payloads come from strangers: no browser should take one for a page.
        headers[.xContentTypeOptions] = "nosniff"
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// 202 without a body.
    static var accepted: Response { Response(status: .accepted) }
}
