package import Warren
import WarrenSupport

/// Failures as JSON: `{"type","message","stack","retryable","details","inner"}`.
///
/// Ours also carry `isNonRetriable`, so that they can be decoded as `FailureDetails`. What workers send is read
/// leniently: a failure that cannot be read in full is still a failure.
package enum FailureCodec {
    /// The type of a failure whose sender named none.
    static let unknownType = "ActivityFailed"

    /// Long texts are shortened, with a mark: a failure is for people, and who waits for it must get it.
    package static func encode(_ failure: FailureDetails) -> Payload {
        failure.shortened().jsonObject(includesRetryable: true).payload
    }

    /// - Parameter body: JSON that was checked already.
    package static func decode(_ body: Payload) -> FailureDetails {
        decode(body.bytes, depth: 0).bounded.shortened()
    }

    private static func decode(_ bytes: [UInt8], depth: Int) -> FailureDetails {
        let parsed = Result { () throws(JSONProblem) in try JSONObjectReader(bytes) }
        guard case .success(let object?) = parsed else {
            let message = JSONObjectReader.plainText(bytes)
            return FailureDetails(type: unknownType, message: message == "null" ? "" : message)
        }
        let isFinal = object.bool("isNonRetriable") ?? object.bool("retryable").map { !$0 } ?? false
        let type = object.string("type") ?? ""
        return FailureDetails(
            type: type.isEmpty ? unknownType : type, message: object.string("message") ?? "",
            stack: object.string("stack"), details: object.raw("details").map { Payload(bytes: $0) },
            inner: depth < 16 ? object.array("inner").map { decode($0, depth: depth + 1) } : [],
            isNonRetriable: isFinal)
    }
}
