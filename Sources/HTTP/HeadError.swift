// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with the lines of a head, whichever side sent it.
enum HeadError: Error, Hashable, Sendable {
    case badLineEnd
    case controlCharacter
    case lineTooLong
    case badField
    case foldedField
    case headerTooLarge
    case tooManyFields
}

extension HTTPRequestError {
    init(_ error: HeadError) {
        self =
            switch error {
            case .badLineEnd: .badLineEnd
            case .controlCharacter: .controlCharacter
            case .lineTooLong: .requestLineTooLong
            case .badField: .badHeaderField
            case .foldedField: .foldedHeaderField
            case .headerTooLarge: .headerTooLarge
            case .tooManyFields: .tooManyHeaderFields
            }
    }
}
