import Testing

/// What a test waited for and did not get before it was cancelled, as it is when its time is over.
package struct NeverCame: Error, CustomStringConvertible {
    let what: String
    let state: String
    let sourceLocation: SourceLocation

    /// Records it as well: what a test throws after its time limit is not shown any more.
    init(what: String, state: String, sourceLocation: SourceLocation) {
        self.what = what
        self.state = state
        self.sourceLocation = sourceLocation
        if Test.current != nil { Issue.record(self, sourceLocation: sourceLocation) }
    }

    package var description: String {
        "\(sourceLocation.fileName):\(sourceLocation.line) waited for \(what), until the test was cancelled. "
            + "So far: \(state.isEmpty ? "nothing" : String(state.suffix(1500)))"
    }
}
