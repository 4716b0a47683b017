package import InMemoryTracing
import Synchronization
package import Tracing
import Warren

/// A tracer that keeps its spans in memory, and writes contexts as the W3C recommendation has them.
package struct TestTracer: Tracer {
    package let memory: InMemoryTracer

    package init() {
        let numbers = Numbers()
        memory = InMemoryTracer(
            idGenerator: InMemoryTracer.IDGenerator(
                nextTraceID: { numbers.next(digits: 32) }, nextSpanID: { numbers.next(digits: 16) }),
            recordInjections: false, recordExtractions: false)
    }

    /// The ended spans as a tree: one line each, indented below its parent, siblings in the order of their lines.
    /// `activity:Say client`, `activity:Fails server failed`.
    package var tree: [String] {
        let spans = memory.finishedSpans
        let known = Set(spans.map(\.spanID))
        return lines(of: spans, under: nil, known, indent: "")
    }

    /// The ended spans of a name.
    package func spans(named name: String) -> [FinishedInMemorySpan] {
        memory.finishedSpans.filter { $0.operationName == name }
    }

    private func lines(
        of spans: [FinishedInMemorySpan], under parent: String?, _ known: Set<String>, indent: String
    ) -> [String] {
        let siblings = spans.filter { span in
            // One whose parent was never reported is shown at the top, and marked.
            parent == nil ? span.parentSpanID.map { !known.contains($0) } ?? true : span.parentSpanID == parent
        }
        let blocks = siblings.map { span -> [String] in
            let isOrphan = parent == nil && span.parentSpanID != nil
            let line =
                indent + "\(span.operationName) \(span.kind)" + (span.status?.code == .error ? " failed" : "")
                + (isOrphan ? " under \(span.parentSpanID ?? "")" : "")
            return [line] + lines(of: spans, under: span.spanID, known, indent: indent + "  ")
        }
        return blocks.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        memory.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID,
            line: line)
    }

    package func forceFlush() {}

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Carrier == Inject.Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
    }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Carrier == Extract.Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        let fields = parent.split(separator: "-").map(String.init)
        guard fields.count == 4 else { return }
        context.inMemorySpanContext = InMemorySpanContext(traceID: fields[1], spanID: fields[2], parentSpanID: nil)
    }
}

/// IDs that count from 1, in hexadecimal digits.
private final class Numbers: Sendable {
    private let last = Mutex<UInt64>(0)

    func next(digits: Int) -> String {
        let number = last.withLock { last in
            last += 1
            return last
        }
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
