import Warren
import WarrenSupport

/// Sends the requests of orchestrators, within the rules of its host.
final class HTTPClient: Sendable {
    private let rules: HTTPCallRules
    private let loop: TransferLoop

    init(_ rules: HTTPCallRules) throws {
        try rules.check()
        self.rules = rules
        loop = TransferLoop(concurrency: rules.concurrency)
    }

    deinit { loop.stop() }

    /// Sends a request and follows redirects. Failures are `FailureDetails`.
    func send(_ request: DurableHTTPRequest) async throws -> DurableHTTPResponse {
        let limit = request.timeout ?? rules.timeout
        let credential = try credential(of: request)
        var hop = try firstHop(request, limit)
        var left = limit
        var redirects = 0
        while true {
            var sent = hop
            if let credential, Self.origins(of: credential).contains(hop.location.origin) {
                for (name, value) in credential.headers { sent.headers[name] = value }
            }
            guard left > .zero else { throw HTTPCallFailure.timeout(limit, hop.location.origin) }
            let answer = try await answer(to: sent, within: left, of: limit)
            left -= answer.elapsed
            if let next = try redirect(of: answer, to: hop, after: redirects) {
                redirects += 1
                hop = next
                continue
            }
            if let problem = Self.refuseMultipart(answer.headers) { throw HTTPCallFailure.answer(problem) }
            let response = DurableHTTPResponse(
                status: answer.status, headers: answer.headers, body: DurableHTTPBody(answer.body),
                url: hop.location.description)
            if let failOn = request.failOn {
                let fails = failOn.isEmpty ? answer.status >= 400 : failOn.contains(answer.status)
                if fails { throw try HTTPCallFailure.status(response) }
            }
            return response
        }
    }

    private func answer(
        to request: Transfer.Request, within left: Duration, of limit: Duration
    ) async throws -> Transfer.Answer {
        let origin = request.location.origin
        do {
            return try await loop.perform(Transfer(request, rules: rules, timeout: left))
        } catch let problem as Transfer.Problem {
            switch problem {
            case .address(let address):
                let kinds = address.kinds.intersection(rules.refused).words
                throw HTTPCallFailure.refused(
                    "\(request.location.host) is at \(address), and addresses of this kind (\(kinds)) are refused by "
                        + "the rules of the host")
            case .tooLarge(let reason): throw HTTPCallFailure.answer(reason)
            case .timeout: throw HTTPCallFailure.timeout(limit, origin)
            case .connection(let reason): throw HTTPCallFailure.connection(reason, origin)
            }
        }
    }

    // MARK: The request

    private func firstHop(_ request: DurableHTTPRequest, _ limit: Duration) throws -> Transfer.Request {
        let location: HTTPLocation
        do {
            location = try HTTPLocation(request.url)
        } catch {
            throw HTTPCallFailure.refused("its URL cannot be used: \(error)")
        }
        if let problem = HTTPFieldRules.problem(method: request.method) { throw HTTPCallFailure.refused(problem) }
        for (name, value) in request.headers.fields {
            if let problem = HTTPFieldRules.problem(name: name, value: value) { throw HTTPCallFailure.refused(problem) }
        }
        guard limit > .zero, limit <= rules.longestTimeout else {
            throw HTTPCallFailure.refused(
                "its timeout is \(limit); the host allows up to \(rules.longestTimeout) (longestTimeout)")
        }
        if let problem = Self.refuseMultipart(request.headers) { throw HTTPCallFailure.refused(problem) }
        return Transfer.Request(
            method: request.method.uppercased(), location: location, headers: request.headers,
            body: request.body?.content)
    }

    private func credential(of request: DurableHTTPRequest) throws -> HTTPCredential? {
        guard let name = request.credential else { return nil }
        guard let credential = rules.credentials[name] else {
            throw HTTPCallFailure.refused("the host has no credential '\(name)'")
        }
        if let location = try? HTTPLocation(request.url), !Self.origins(of: credential).contains(location.origin) {
            throw HTTPCallFailure.refused(
                "the credential '\(name)' is not for \(location.origin); it is for "
                    + credential.origins.joined(separator: ", "))
        }
        return credential
    }

    /// The origins in the form in which they compare.
    private static func origins(of credential: HTTPCredential) -> [String] {
        // They were checked when the client was made.
        credential.origins.compactMap { try? HTTPLocation($0).origin }
    }

    /// Multipart bodies have parts with headers of their own, which neither side here has a form for.
    private static func refuseMultipart(_ headers: DurableHTTPHeaders) -> String? {
        let type = headers["content-type"] ?? ""
        return type.lowercased().hasPrefix("multipart/") ? "its body is multipart, which is not supported" : nil
    }

    // MARK: Redirects

    /// The request that a redirect leads to; `nil` if the answer is none, or is to be returned as it is.
    private func redirect(
        of answer: Transfer.Answer, to last: Transfer.Request, after redirects: Int
    ) throws -> Transfer.Request? {
        guard [301, 302, 303, 307, 308].contains(answer.status), let reference = answer.headers["location"],
            rules.maximumRedirects > 0
        else { return nil }
        guard redirects < rules.maximumRedirects else {
            throw HTTPCallFailure.answer("it is a redirect, and \(redirects) were followed (maximumRedirects)")
        }
        var next = last
        do {
            next.location = try last.location.resolved(reference)
        } catch {
            throw HTTPCallFailure.answer("it is a redirect to a place that cannot be called: \(error)")
        }
        let becomesGet = answer.status == 303 && last.method != "HEAD" || answer.status < 303 && last.method == "POST"
        if becomesGet {
            (next.method, next.body) = ("GET", nil)
            next.headers.remove(["content-type", "content-encoding", "content-language"])
        }
        if next.location.origin != last.location.origin { next.headers.remove(DurableHTTPHeaders.secrets) }
        return next
    }
}
