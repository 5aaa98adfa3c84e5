// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The load generator against the real server: what it says that arrived did.
@Suite struct BenchCommandTests {
    private struct FanOut: Decodable {
        let sent: Int
        let refused: Int
        let delivered: Int
        let lost: Int
        let serverCpuUsPerDelivery: Double
        let receivedBytesPerViewer: Double
    }

    private struct Recovery: Decodable {
        let back: Int
        let recovered: Int
        let recoveredMessages: Int
    }

    private static let manifest = """
        delivery:
          comments_per_second: 0
        client:
          command_burst: 1000
          publish_burst: 1000
        """

    private func decoded<Figures: Decodable>(_ command: TallyCommand) throws -> Figures {
        #expect(command.status == 0, "\(command.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Figures.self, from: Data(command.output.utf8))
    }

    @Test func countsEveryDeliveryCompressedOrNot() throws {
        let server = try RunningServer(workers: 2, manifest: Self.manifest)
        for more in [[], ["--compressed"]] {
            let command = try TallyCommand(
                [
                    "bench", "fanout", "--viewers", "40", "--processes", "2", "--rate", "30",
                    "--seconds", "1", "--warm-up", "100ms", "--idle", "0s", "--format", "json",
                ] + more,
                folder: server.folder
            )
            let figures: FanOut = try decoded(command)
            #expect(figures.sent == 30)
            #expect(figures.delivered == 30 * 40)
            #expect(figures.refused == 0)
            #expect(figures.lost == 0)
            #expect(figures.serverCpuUsPerDelivery > 0)
            // A comment of 100 bytes is an event of about 280, which deflate makes half of.
            let isSmall = figures.receivedBytesPerViewer < 30 * 220
            #expect(isSmall == !more.isEmpty)
        }
        #expect(try server.terminate() == 0)
    }

    @Test func findsAllRecoveredThatWereCutOff() throws {
        let server = try RunningServer(workers: 2, manifest: Self.manifest)
        let figures: Recovery = try decoded(
            try server.run("bench", "recover", "--viewers", "30", "--missed", "7", "--json")
        )
        #expect(figures.back == 30)
        #expect(figures.recovered == 30)
        #expect(figures.recoveredMessages == 30 * 7)
        let storm = try server.run("bench", "connect", "--viewers", "50")
        #expect(storm.status == 0)
        #expect(storm.output.contains("viewers a second"))
        #expect(try server.terminate() == 0)
    }

    @Test func saysWhatIsWrong() throws {
        let folder = try TestFolder()
        func run(_ arguments: String...) throws -> TallyCommand {
            try TallyCommand(["bench"] + arguments, folder: folder)
        }
        // Nobody listens on the port of discard.
        let nobody = try run("fanout", "--url", "ws://127.0.0.1:9", "--viewers", "1")
        #expect(nobody.status == 69)
        #expect(nobody.errors.contains("Connection refused"))
        let plain = try run(
            "connect",
            "--server-kind",
            "plain",
            "--url",
            "ws://127.0.0.1:9",
            "--viewers",
            "1"
        )
        #expect(plain.status == 69)
        #expect(plain.errors.contains("Connection refused"))
        let pid = try run("connect", "--pid", "4194304")
        #expect(pid.status == 69)
        #expect(pid.errors.contains("no process 4194304"))
        let crowd = try run("connect", "--viewers", "30000", "--processes", "1")
        #expect(crowd.status != 0)
        #expect(try run("fanout", "--size", "16").status == 64)
        #expect(try run("fanout", "--viewers", "0").status == 64)
        #expect(try run("recover", "--server-kind", "plain", "--url", "ws://a").status == 64)
    }
}
