/// Checks whether bytes from outside are JSON, before any other code reads them.
package enum JSONValidator {
    /// Checks that bytes are one JSON value in strict UTF-8, nested no deeper than allowed.
    package static func check(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONProblem) {
        try JSONScanner.scan(bytes, maximumDepth: maximumDepth) { (scanner) throws(JSONProblem) in
            try scanner.skipValue(depth: 0)
        }
    }
}
