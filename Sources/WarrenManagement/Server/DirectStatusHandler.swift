#if HTTP
import NIOCore
import NIOHTTP1

/// Gives the requests of a connection that ``DirectStatuses`` answers to it, and all others to the handlers behind it.
///
/// Answers keep the order of the requests: while another request is under way, and while the client does not read, all go
/// the long way.
///
/// Not thread-safe: it is used on the event loop of its connection.
final class DirectStatusHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let statuses: DirectStatuses
    /// The handlers behind close a connection without requests after their idle time. A request a quarter of that tells
    /// them that there are some.
    private let longest: TimeAmount
    private var lastSeenBehind = NIODeadline.now()
    /// A request that may be answered here, until it is seen that it has no body.
    private var held: (head: HTTPRequestHead, instanceID: String)?
    /// The number of requests that went on and are not answered.
    private var underWay = 0
    private var address: String?
    private var hasAddress = false

    init(_ statuses: DirectStatuses, idleTime: TimeAmount?) {
        self.statuses = statuses
        longest = idleTime.map { .nanoseconds($0.nanoseconds / 4) } ?? .hours(24)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            passOn(context)
            if underWay == 0, context.channel.isWritable, let id = statuses.instanceID(in: head),
                NIODeadline.now() - lastSeenBehind < longest
            {
                held = (head, id)
            } else {
                goOn(head, context)
            }
        case .body:
            passOn(context)
            context.fireChannelRead(data)
        case .end:
            if let (head, id) = held, let answer = statuses.answer(head, about: id, from: address(context)) {
                held = nil
                send(answer, context)
            } else {
                passOn(context)
                context.fireChannelRead(data)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Its end is not here yet.
        passOn(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOn(context)
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { underWay -= 1 }
        context.write(data, promise: promise)
    }

    /// Gives the held request to the handlers behind.
    private func passOn(_ context: ChannelHandlerContext) {
        guard let (head, _) = held else { return }
        held = nil
        goOn(head, context)
    }

    private func goOn(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        underWay += 1
        lastSeenBehind = .now()
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func send(_ answer: DirectStatuses.Answer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if let body = answer.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func address(_ context: ChannelHandlerContext) -> String? {
        if !hasAddress {
            address = context.remoteAddress.map { $0.ipAddress ?? "" }
            hasAddress = true
        }
        return address
    }
}
#endif
