// SPDX-License-Identifier: Apache-2.0

/// Subtitles for browsers (w3.org/TR/webvtt1).
enum WebVTT {
    /// One comment: its times, its text with the author as the voice, an empty line.
    static func cue(_ comment: ExportedEvent, from: Duration, to: Duration) -> [String] {
        let name = escaped(comment.shownName)
        let text = escaped(comment.text("text"))
        return [
            "\(time(from)) --> \(time(to))", name.isEmpty ? text : "<v \(name)>\(text)", "",
        ]
    }

    private static func time(_ duration: Duration) -> String {
        let time = ClockTime(duration)
        return "\(time.hours.padded(2)):\(time.minutes.padded(2)):\(time.seconds.padded(2))"
            + ".\(time.milliseconds.padded(3))"
    }

    /// Nothing in a comment may end its cue or begin a tag (§3.3, §3.4).
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case _ where character.isNewline: escaped += " "
            default: escaped.append(character)
            }
        }
    }
}

/// A duration as a clock shows it.
struct ClockTime {
    let hours: Int64
    let minutes: Int64
    let seconds: Int64
    let milliseconds: Int64

    init(_ duration: Duration) {
        let (whole, attoseconds) = duration.components
        hours = whole / 3_600
        minutes = whole / 60 % 60
        seconds = whole % 60
        milliseconds = attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    func padded(_ width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
    }
}
