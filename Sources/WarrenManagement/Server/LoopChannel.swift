#if HTTP
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Handles the requests of a connection on the thread that reads and writes the connection, in the place of the threads
/// that all tasks of the process share.
///
/// A request then changes threads only to wait for something. On a machine with cores that are busy with other work, and a
/// host's process is one, that is most of what a small answer costs.
struct LoopChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    /// Answers requests that need no task; `nil` for none.
    var direct: DirectStatuses?
    /// The time after which a connection without requests is closed; `nil` for never.
    var idleTime: TimeAmount?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let ready = base.setup(channel: channel, logger: logger)
        guard let direct else { return ready }
        let (loop, idleTime) = (channel.eventLoop, idleTime)
        return ready.flatMapThrowing { value in
            loop.preconditionInEventLoop()
            // Behind the code that reads HTTP from bytes, before all that handles requests.
            let pipeline = channel.pipeline.syncOperations
            let reader = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(
                DirectStatusHandler(direct, idleTime: idleTime), position: .after(reader))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
