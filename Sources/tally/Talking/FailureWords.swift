// SPDX-License-Identifier: Apache-2.0

import Client
import ClientProtocol
import Reactor

/// What the server's refusals and the network's troubles mean to the person who gave the command.
enum FailureWords {
    static func failure(of error: ScriptedClient.StepError, at url: ServerURL) -> CommandFailure {
        switch error {
        case .timedOut(let what):
            CommandFailure(
                .unavailable,
                "no answer from \(url): timed out waiting for \(what)",
                advice: "see whether it is well with: tally status; or wait longer with --timeout"
            )
        case .disconnected(let disconnection): failure(of: disconnection.cause, at: url)
        case .refused(.refused(let error)): failure(of: error)
        case .refused(.connectionLost):
            lostConnection(during: "")
        case .refused(.tooManyWaiting): CommandFailure(.software, "too many requests at once")
        case .loop(let error): CommandFailure(.software, error.description)
        }
    }

    /// A command that is given again is another one: whether that does harm depends on its method.
    static func lostConnection(during method: String) -> CommandFailure {
        let next =
            switch method {
            case "user.disconnect", "token.revoke": "; to do it again is safe"
            case _ where method.hasPrefix("live."): "; see with: tally stream show"
            default: ""
            }
        return CommandFailure(
            .temporary,
            "the connection was lost before the answer came",
            advice: "it may or may not have been done" + next
        )
    }

    static func failure(of cause: Disconnection.Cause, at url: ServerURL) -> CommandFailure {
        switch cause {
        case .transport(let reason):
            CommandFailure(
                .unavailable,
                "cannot reach \(url): \(reason)",
                advice: reason.contains("TLS")
                    ? certificateAdvice : "start it with `tally serve`, or name another with --url"
            )
        case .closed(let code, let reason):
            failure(closedWith: code, reason, at: url)
        case .refused(let error): failure(of: error)
        case .silence:
            CommandFailure(
                .unavailable,
                "\(url) does not answer",
                advice: "see whether it is well with: tally status"
            )
        case .protocolViolation:
            CommandFailure(
                .unavailable,
                "what answers at \(url) does not speak Tally's protocol",
                advice: "name the server with --url"
            )
        case .stopped: CommandFailure(.software, "stopped")
        }
    }

    private static func failure(
        closedWith code: UInt16,
        _ reason: String,
        at url: ServerURL
    ) -> CommandFailure {
        let words = "the server closed the connection: \(code) \(Console.harmless(reason))"
        switch Disconnect(rawValue: code) {
        case .invalidToken:
            return CommandFailure(.permission, words, advice: tokenAdvice)
        case .permissionDenied, .forceDisconnect:
            return CommandFailure(.permission, words)
        case .connectionLimit, .tooManyRequests:
            return CommandFailure(.temporary, words, advice: "try again later")
        default:
            let isTerminal = !ClientCore.reconnects(afterClose: code)
            return isTerminal
                ? CommandFailure(.refused, words)
                : CommandFailure(.unavailable, words, advice: "try again in a moment")
        }
    }

    static func failure(of error: ErrorReply) -> CommandFailure {
        let words = "\(Console.harmless(error.message)) (error \(error.code))"
        if let wait = error.retryAfterMilliseconds {
            return CommandFailure(
                .temporary,
                words,
                advice: "try again in \(ReadableTime.age(milliseconds: wait + 999))"
            )
        }
        switch ErrorCode(rawValue: error.code) {
        case .tokenExpired where error.message == "token revoked":
            return CommandFailure(.permission, words, advice: revokedAdvice)
        case .unauthorized, .permissionDenied, .tokenExpired:
            return CommandFailure(.permission, words, advice: tokenAdvice)
        case .streamNotLive:
            return CommandFailure(.refused, words, advice: "start it with: tally stream start")
        case .streamAlreadyLive:
            return CommandFailure(
                .refused,
                words,
                advice: "change it with: tally stream update; or stop it first"
            )
        case .methodNotFound:
            return CommandFailure(
                .refused,
                words,
                advice: "a plugin's methods come with its plugin; see: tally plugin list"
            )
        case .unknownStream:
            return CommandFailure(.refused, words, advice: "see what there is: tally stream list")
        default:
            return error.isTemporary
                ? CommandFailure(.temporary, words, advice: "try again in a moment")
                : CommandFailure(.refused, words)
        }
    }

    private static let tokenAdvice =
        "give a token that may, with --token, or the server's data folder with --data, "
        + "whose secret signs one; where the manifest sets tokens.issuer, audience or secret_file, "
        + "the token must match them: --issuer, --audience, --secret-file"

    /// A revocation of everybody's tokens means those of its own second, too.
    private static let revokedAdvice =
        "after a revocation of everyone's tokens try again in a second; "
        + "for a token that was given, give another with --token"

    private static let certificateAdvice =
        "name it as its certificate does: --url wss://NAME:PORT, with --ca FILE for an authority "
        + "of your own"
}
