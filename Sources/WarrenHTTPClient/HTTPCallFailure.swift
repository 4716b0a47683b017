import Warren

/// The failures of the activity `BuiltIn::HttpActivity`.
enum HTTPCallFailure {
    /// The request cannot be sent as it is, or may not be sent there. Another attempt changes nothing.
    static func refused(_ reason: String) -> FailureDetails {
        FailureDetails(
            type: "HTTPRequestRefused", message: "The request was not sent: \(reason).", isNonRetriable: true)
    }

    /// The answer is larger than the host allows, or of a kind that is not taken.
    static func answer(_ reason: String) -> FailureDetails {
        FailureDetails(type: "HTTPAnswerRefused", message: "The answer was not taken: \(reason).", isNonRetriable: true)
    }

    static func timeout(_ limit: Duration, _ origin: String) -> FailureDetails {
        FailureDetails(type: "HTTPTimeout", message: "No whole answer from \(origin) within \(limit).")
    }

    static func connection(_ reason: String, _ origin: String) -> FailureDetails {
        FailureDetails(type: "HTTPConnection", message: "\(origin): \(reason).")
    }

    /// A status that the request's retry policy counts as a failure. The details are the answer, if it is small enough.
    static func status(_ response: DurableHTTPResponse) throws -> FailureDetails {
        // The origin only: a query may have keys in it.
        let place = (try? HTTPLocation(response.url))?.origin ?? "The server"
        return try FailureDetails(
            type: "HTTPStatus", message: "\(place) answered with the status \(response.status).", carrying: response)
    }
}
