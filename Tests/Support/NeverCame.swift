import Testing

/// What a test waited for and did not get before it was cancelled, as it is when its time is over.
package struct NeverCame: Error, CustomStringConvertible {
    let what: String
    let state: String
    let sourceLocation: SourceLocation

    package var description: String {
        "\(sourceLocation.fileName):\(sourceLocation.line) waited for \(what), until the test was cancelled. "
            + "So far: \(state.isEmpty ? "nothing" : String(state.suffix(1500)))"
    }
}
