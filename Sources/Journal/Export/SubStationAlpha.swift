// SPDX-License-Identifier: Apache-2.0

/// Subtitles for video players: Advanced SubStation Alpha, script version 4.00+.
enum SubStationAlpha {
    static let header = [
        "[Script Info]", "ScriptType: v4.00+", "WrapStyle: 0", "ScaledBorderAndShadow: yes", "",
        "[V4+ Styles]",
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, "
            + "Alignment, MarginL, MarginR, MarginV",
        "Style: Comment,Arial,16,&H00FFFFFF,&H00000000,1,1,1,10,10,10", "", "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]

    static func dialogue(_ comment: ExportedEvent, from: Duration, to: Duration) -> String {
        let name = comment.shownName
        let text = (name.isEmpty ? "" : name + ": ") + comment.text("text")
        // A comma in the name would begin the next field; the text is the last one.
        let actor = name.map { $0 == "," ? ";" : String($0) }.joined()
        return "Dialogue: 0,\(time(from)),\(time(to)),Comment,\(escaped(actor)),0,0,0,,"
            + escaped(text)
    }

    /// Hours without zeros, hundredths of seconds.
    private static func time(_ duration: Duration) -> String {
        let time = ClockTime(duration)
        return "\(time.hours):\(time.minutes.padded(2)):\(time.seconds.padded(2))"
            + ".\((time.milliseconds / 10).padded(2))"
    }

    /// Braces begin an override and a backslash a command: comments get look-alikes.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "{": escaped += "("
            case "}": escaped += ")"
            case "\\": escaped += "\u{29F5}"
            case _ where character.isNewline: escaped += " "
            default: escaped.append(character)
            }
        }
    }
}
