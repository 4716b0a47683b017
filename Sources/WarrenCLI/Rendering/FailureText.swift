import Warren

/// A failure and its causes as indented lines.
struct FailureText {
    let lines: [String]

    init(_ failure: FailureDetails) {
        let inner = failure.inner.flatMap { FailureText($0).lines.map { "  " + $0 } }
        lines = ["\(failure.type): \(failure.message)"] + inner
    }
}
