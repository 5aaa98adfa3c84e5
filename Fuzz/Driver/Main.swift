// SPDX-License-Identifier: Apache-2.0

import CFuzzer
import Glibc

/// `tally-fuzz TARGET [libFuzzer's arguments]`, `tally-fuzz list`, `tally-fuzz seeds FOLDER`.
@main
enum Main {
    static let targets: [any FuzzTarget.Type] = [
        HTTPRequestTarget.self, HTTPResponseTarget.self, WebSocketTarget.self,
        CommandTarget.self, JSONTarget.self, TokenTarget.self, KeyDocumentTarget.self,
        ManifestTarget.self, HubLinkTarget.self, HandoverTarget.self, JournalTarget.self,
        CompressionTarget.self, ProxyHeaderTarget.self, ForwardedTarget.self,
    ]

    /// libFuzzer's callback carries nothing along.
    nonisolated(unsafe) private static var target: any FuzzTarget.Type = HTTPRequestTarget.self

    static func main() {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "list":
            for target in targets { print(target.name) }
        case "seeds" where arguments.count == 3:
            for target in targets { writeSeeds(of: target, under: arguments[2]) }
        case let name?:
            guard let target = targets.first(where: { $0.name == name }) else {
                return fail("no target \(name); there are: \(targets.map { $0.name })")
            }
            unsafe self.target = target
            exit(run([arguments[0]] + arguments.dropFirst(2)))
        case nil:
            fail("usage: tally-fuzz TARGET [ARGUMENTS OF LIBFUZZER] | list | seeds FOLDER")
        }
    }

    private static func run(_ arguments: [String]) -> Int32 {
        // libFuzzer keeps the arguments until the process ends: they are never freed.
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        var count = Int32(arguments.count)
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return unsafe tally_fuzz(&count, &start) { data, size in
                // libFuzzer's buffer is valid for this call; the copy is what targets get.
                let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
                unsafe Main.target.run(bytes)
                return 0
            }
        }
    }

    private static func writeSeeds(of target: any FuzzTarget.Type, under folder: String) {
        let own = folder + "/" + target.name
        unsafe mkdir(own, 0o755)
        for (number, seed) in target.seeds.enumerated() {
            guard let file = unsafe fopen("\(own)/seed-\(number)", "w") else {
                return fail("cannot write under \(own)")
            }
            unsafe fwrite(seed, 1, seed.count, file)
            unsafe fclose(file)
        }
    }

    private static func fail(_ message: String) {
        print("tally-fuzz: \(message)")
        exit(64)
    }
}
