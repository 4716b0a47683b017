import Logging

extension Logger {
    /// Makes a log on standard error: standard output is for results.
    ///
    /// - Parameters:
    ///   - name: the part of the program that writes it.
    ///   - level: the least important lines that are logged.
    static func bench(_ name: String? = nil, level: Logger.Level = .warning) -> Logger {
        let label = name.map { "warren.bench.\($0)" } ?? "warren.bench"
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = level
        return logger
    }
}
