// SPDX-License-Identifier: Apache-2.0

import HTTP

/// Feeds a request to a fresh parser in pieces of the given sizes, the last one repeated.
func read(
    _ text: String,
    limits: HTTPLimits = HTTPLimits(),
    pieces: [Int] = []
) throws(HTTPRequestError) -> [HTTPRequestEvent] {
    try read(Array(text.utf8), limits: limits, pieces: pieces)
}

func read(
    _ bytes: [UInt8],
    limits: HTTPLimits = HTTPLimits(),
    pieces: [Int] = []
) throws(HTTPRequestError) -> [HTTPRequestEvent] {
    var parser = HTTPRequestParser(limits: limits)
    var events: [HTTPRequestEvent] = []
    var rest = bytes[...]
    var sizes = pieces[...]
    while !rest.isEmpty {
        let size = sizes.popFirst() ?? pieces.last ?? rest.count
        let piece = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        var offset = 0
        while let event = try parser.parse(piece.span, from: &offset) { events.append(event) }
    }
    return events
}

/// The only request in a text.
func onlyRequest(
    _ text: String,
    limits: HTTPLimits = HTTPLimits()
) throws(HTTPRequestError) -> HTTPRequest? {
    let events = try read(text, limits: limits)
    guard events.count == 1, case .request(let request) = events[0] else { return nil }
    return request
}

/// The error that a text is refused with, nil when it is not.
func refusal(of text: String, limits: HTTPLimits = HTTPLimits()) -> HTTPRequestError? {
    do {
        _ = try read(text, limits: limits)
        return nil
    } catch {
        return error
    }
}
