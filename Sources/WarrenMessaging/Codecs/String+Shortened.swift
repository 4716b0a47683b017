extension String {
    /// The beginning of a text, with a mark that states its original length, within a limit of bytes of UTF-8. A text
    /// within the limit is returned unchanged, also one that was shortened to it before.
    package func shortened(to limit: Int) -> String {
        let size = utf8.count
        guard size > limit else { return self }
        let mark = "… (shortened, it had \(size) bytes)"
        var end = utf8.index(startIndex, offsetBy: max(0, limit - mark.utf8.count))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + mark
    }
}
