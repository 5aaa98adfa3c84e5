// SPDX-License-Identifier: Apache-2.0

import Testing
import Webhook

/// A receiver checks signatures with a library of its own: they must be exactly what the specification says.
struct SignatureTests {
    private static let example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func sign(_ secrets: [String], _ body: String) -> String? {
        var read = webhook_secrets()
        read.count = secrets.count
        for (index, text) in secrets.enumerated() {
            var secret = webhook_secret()
            guard unsafe webhook_secret_parse(text, &secret) else { return nil }
            if index == 0 { read.secrets.0 = secret } else { read.secrets.1 = secret }
        }
        var signature = [CChar](repeating: 0, count: Int(WEBHOOK_SECRET_LIMIT) * 48 + 1)
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
        let length = body.utf8.count
        guard unsafe webhook_sign(&read, id, 1_614_265_330, body, length, &signature) else {
            return nil
        }
        return String(
            decoding: signature.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    /// The example that the specification's libraries test themselves with.
    @Test func signsThePublishedExample() {
        #expect(sign([Self.example], #"{"test": 2432232314}"#) == Self.expected)
    }

    @Test func signsWithTheNewAndTheOldSecret() {
        let new = "whsec_" + String(repeating: "QUJD", count: 8)
        let both = sign([new, Self.example], #"{"test": 2432232314}"#)?.split(separator: " ")
        #expect(both?.count == 2)
        #expect(both?.last.map(String.init) == Self.expected)
        #expect(both?.first?.hasPrefix("v1,") == true)
    }

    @Test func anotherBodyHasAnotherSignature() {
        #expect(sign([Self.example], #"{"test": 2432232315}"#) != Self.expected)
    }

    /// 24 to 64 bytes, as the specification has it.
    @Test(arguments: [
        (23, false), (24, true), (25, true), (26, true), (63, true), (64, true), (65, false),
        (66, false), (67, false),
    ])
    func aSecretHasALength(_ count: Int, _ isGood: Bool) {
        var secret = webhook_secret()
        let text = "whsec_" + base64(count)
        #expect(unsafe webhook_secret_parse(text, &secret) == isGood)
        if isGood { #expect(secret.length == count) }
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ])
    func refusesWhatIsNoSecret(_ text: String) {
        var secret = webhook_secret()
        #expect(unsafe !webhook_secret_parse(text, &secret))
    }

    /// So many zero bytes in base64.
    private func base64(_ count: Int) -> String {
        let digits = (count * 8 + 5) / 6
        return String(repeating: "A", count: digits)
            + String(repeating: "=", count: (4 - digits % 4) % 4)
    }
}
