import Warren
import WarrenMessaging

/// One dead letter for people: labelled lines, then its body.
struct DeadLetterReport {
    let letter: DeadLetterEntry
    let style: Style

    private static let labelWidth = 12
    private static let shownBody = 4096

    /// The lines.
    var lines: [String] {
        var lines: [String] = []
        lines += row("Letter", letter.id)
        lines += [label("Reason") + style.red(letter.reason.printable)]
        lines += row("Detail", letter.detail)
        lines += row("Remedy", letter.remedy)
        switch letter.redrive {
        case .message: lines += row("Redrive", "warren dead redrive \(letter.id)")
        case .impossible(let why): lines += row("Redrive", "not possible: \(why)")
        }
        lines += row("Refused", letter.at?.shortText)
        lines += row("By host", letter.host.isEmpty ? nil : letter.host)
        lines += row("Partition", letter.partition.map { "\($0)" })
        lines += row("Exchange", letter.exchange.isEmpty ? "(the queue itself)" : letter.exchange)
        lines += row("Routing key", letter.routingKey)
        lines += row("Queue", letter.queue)
        lines += row("User", letter.userID)
        lines += row("Application", letter.appID)
        lines += row("Message ID", letter.messageID)
        lines += row("Correlation", letter.correlationID)
        lines += row("Type", letter.type)
        lines += row("Deliveries", letter.deliveryCount.map { "\($0)" })
        lines += row("Content", [letter.contentType, letter.contentEncoding].compactMap { $0 }.first)
        for (index, header) in letter.headers.enumerated() {
            lines.append(label(index == 0 ? "Headers" : "") + "\(header.name): \(header.value)".printable)
        }
        lines += row("Body", bodySize)
        lines += bodyLines
        return lines
    }

    private var bodySize: String {
        let kept = letter.body.count
        return "\(letter.bodyBytes) bytes" + (kept < letter.bodyBytes ? ", of which the first \(kept) were kept" : "")
    }

    private var bodyLines: [String] {
        let body = letter.body
        guard !body.isEmpty else { return [] }
        if let text = String(validating: body, as: UTF8.self) {
            let shown = String(text.prefix(Self.shownBody))
            let cut = shown.count < text.count ? ["… (--json gives all of it)"] : []
            return shown.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable } + cut
        }
        let shown = body.prefix(256).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }
        return [shown.joined(separator: " ") + (body.count > 256 ? " …" : "")]
    }

    private func label(_ text: String) -> String { style.faint(text.padded(to: Self.labelWidth)) + " " }

    private func row(_ name: String, _ value: String?) -> [String] {
        value.map { [label(name) + $0.printable] } ?? []
    }
}
