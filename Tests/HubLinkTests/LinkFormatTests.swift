// SPDX-License-Identifier: Apache-2.0

import HubLink
import TestSupport
import Testing

/// What a running hub and a newer worker would not understand of each other must not go unnoticed.
@Suite struct LinkFormatTests {
    /// Fails when a message is encoded otherwise than it was.
    ///
    /// Raise `LinkFormat.current`, then put
    /// what the failure shows here. A new sample of an old form alone needs no new number.
    @Test func everyMessageIsEncodedAsItsFormatSays() {
        #expect(LinkFormat.current == 2)
        #expect(Self.prints(of: SampleMessages.fromWorker) == Self.fromWorker)
        #expect(Self.prints(of: SampleMessages.fromHub) == Self.fromHub)
    }

    private static func prints(of messages: [some LinkValue]) -> [String] {
        messages.map { message in
            var writer = LinkWriter()
            writer.append(message)
            return fingerprint(writer.bytes)
        }
    }

    private static let fromWorker = [
        "30:75cb4705f010016f",
        "30:111df0f294e7b054",
        "12:dbc9e6f76e68c33f",
        "6:9129906005953581",
        "72:9e6f10617b112c6",
        "13:9a676ce441fd9abd",
        "21:fb48d36428d4138",
        "72:c0f5604cbd9e2ebf",
        "44:eb0657f5bab7ee14",
        "18:b0fe313cafedf7c2",
        "51:3bff00baec76cfd3",
        "33:85eefd14bc795759",
        "30:fb93a6ea10a31b20",
        "36:5fd66569a8f9db4d",
        "36:5fd66469a8f9d99a",
        "36:f7f6d5242c5fdb2f",
        "39:b27104f95fd34d36",
        "40:adf55e787ce22a64",
        "29:f13ef5dc5287743f",
        "37:c27684f36368c2fe",
        "51:84fea47c3c83457",
        "43:5d6e1fc602c75daf",
        "46:9147d92ad53694f3",
        "38:80f2aa127222fc5b",
        "50:a0c922e48951c79c",
        "53:382f55f218cbd8f6",
        "30:cfecf6471a3f99e1",
        "30:bf17d45c1cf84094",
        "36:5a9413652159b8d8",
        "52:c4b709cab127f8b3",
        "40:49fd611afd67af2d",
        "50:dcd88d661e6cd5db",
        "32:1f3570976dd9c45d",
        "70:e1b1c12e2244a41a",
        "43:cf2046dd2caada2e",
        "41:e10ad61b7f38b6fa",
        "51:c49bd88ea7eeff4e",
        "37:b8c20eb4144fa7b8",
        "48:9fcc165d5f6006c2",
        "48:17ad12d3b654cf6f",
        "40:8466d9d871bb99c4",
        "48:3713dc9bbdf3855a",
        "41:316ade72e2dc6fd3",
        "33:a8e0be97aa17a305",
        "41:2cc3fabc5cdae7cf",
        "46:e914792fa59bd813",
    ]
    private static let fromHub = [
        "13:1b3bfdb2eafe973a",
        "14:73006f7b7a62fbfd",
        "52:77773618a8e2e10d",
        "31:e1d78b9e3c75c44a",
        "20:3fb3fb28c0da73ea",
        "30:a7c7222aba2bb700",
        "19:653baa08088c7bbf",
        "40:2aeaa1a8cb849a2d",
        "30:d38d7cea555793c1",
        "33:7930f1b904723a5b",
        "24:2b7f11b144a490c",
        "24:b5132e71b51e580e",
        "48:778a28b027e3174c",
        "43:b9d99c65d3150000",
        "32:b0d332f0d248335a",
        "20:d7b6e0e2248d5559",
        "13:d92ca832ebe84e02",
        "25:d44fade3446d9efc",
        "19:edb726a650eb45d2",
        "22:f2e488ec38a1a6fa",
        "27:5f4d7b485591c89f",
        "19:9efba57e250294cc",
        "9:a9d2608e9a91c267",
        "53:b8446ce0137d6db8",
    ]
}
