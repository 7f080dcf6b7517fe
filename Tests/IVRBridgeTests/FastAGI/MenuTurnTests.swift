import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import IVRBridge

@Suite("A script's next command leaves in the turn its answer came in", .timeLimit(.minutes(1)))
struct MenuTurnTests {
    /// On one thread, so that nothing but the test itself turns the loop.
    @Test("without the loop being turned in between, and a hang-up is heard as directly")
    func sameTurn() throws {
        let loop = EmbeddedEventLoop()
        let executor = EventLoopTaskExecutor(loop)
        let channel = EmbeddedChannel(loop: loop)
        let wire = MenuWire<AGITongue>(channel: channel, limits: MenuLimits(), executor: executor)
        try channel.pipeline.syncOperations.addHandler(AGITongue.ear(of: wire))
        let said = Mutex<[String]>([])
        Task(executorPreference: executor) {
            do {
                let call = AGICall(environment: try await wire.start(), wire: wire)
                for number in 1...3 { try await call.set("N", to: "\(number)") }
                said.withLock { $0.append("done") }
            } catch {
                said.withLock { $0.append("\(error)") }
            }
        }
        loop.run()
        try channel.writeInbound(ByteBuffer(string: "agi_network: yes\nagi_uniqueid: 1.1\n\n"))
        // From here on the loop is not turned: only what an answer does by itself happens.
        for number in 1...3 {
            let sent = try #require(try channel.readOutbound(as: ByteBuffer.self))
            #expect(String(buffer: sent).contains("SET VARIABLE") && String(buffer: sent).contains("\(number)"))
            #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
            try channel.writeInbound(ByteBuffer(string: "200 result=1\n"))
        }
        #expect(said.withLock { $0 } == ["done"])
        wire.close(.disconnected)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
