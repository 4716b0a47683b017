import Warren
package import WarrenMessaging
package import WarrenSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes one dead letter as a JSON object, for the command line and the HTTP API.
package struct DeadLetterJSON: Sendable {
    package let object: JSONObjectWriter
    package var text: String { object.text }

    /// - Parameter withBody: whether to include the body, as `body` if it is text, else as `bodyBase64`.
    package init(_ letter: DeadLetterEntry, withBody: Bool) {
        var object = JSONObjectWriter()
        object.add("id", letter.id)
        object.add("reason", letter.reason)
        object.add("detail", letter.detail)
        object.add("remedy", letter.remedy)
        if let at = letter.at { object.add("at", ISO8601.text(at)) }
        object.add("host", letter.host)
        if let partition = letter.partition { object.add("partition", partition) }
        object.add("exchange", letter.exchange)
        object.add("routingKey", letter.routingKey)
        if let queue = letter.queue { object.add("queue", queue) }
        if let user = letter.userID { object.add("userId", user) }
        if let app = letter.appID { object.add("appId", app) }
        if let id = letter.messageID { object.add("messageId", id) }
        if let id = letter.correlationID { object.add("correlationId", id) }
        if let type = letter.type { object.add("type", type) }
        if let type = letter.contentType { object.add("contentType", type) }
        if let count = letter.deliveryCount { object.add("deliveryCount", count) }
        switch letter.redrive {
        case .message: object.add("canRedrive", true)
        case .impossible(let why):
            object.add("canRedrive", false)
            object.add("stays", why)
        }
        var headers = JSONObjectWriter()
        for header in letter.headers { headers.add(header.name, header.value) }
        object.add("headers", raw: headers.text)
        object.add("bodyBytes", letter.bodyBytes)
        if withBody {
            if let text = String(validating: letter.body, as: UTF8.self) {
                object.add("body", text)
            } else {
                object.add("bodyBase64", Data(letter.body).base64EncodedString())
            }
        }
        self.object = object
    }
}
