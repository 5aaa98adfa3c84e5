// SPDX-License-Identifier: Apache-2.0

import MediaNginxRTMP

/// A form that was read, on the heap: its fields point into itself, so it must not be copied.
///
/// Safe: the pointer is its own, and lives as long as it does.
@safe
final class Form {
    private let pointer = UnsafeMutablePointer<media_form>.allocate(capacity: 1)
    let result: media_form_result

    init(_ text: String) {
        unsafe pointer.initialize(to: media_form())
        result = unsafe media_form_read(Array(text.utf8), text.utf8.count, pointer)
    }

    deinit { unsafe pointer.deallocate() }

    var count: Int { unsafe pointer.pointee.count }

    func occurrences(_ key: String) -> Int { unsafe media_form_occurrences(pointer, key) }

    subscript(key: String) -> String? {
        unsafe media_form_value(pointer, key).map { unsafe String(cString: $0) }
    }

    /// What the form asks, where it asks something.
    func callback() -> (result: media_callback_result, callback: media_callback) {
        var callback = media_callback()
        let result = unsafe media_callback_read(pointer, &callback)
        return (result, callback)
    }
}
