// SPDX-License-Identifier: Apache-2.0

import CJansson
import CTallyPlugin
import JSON
import Logging

/// The functions that the header marks [any].
extension HostTable {
    static func fillForAnyThread(_ table: inout tally_host) {
        unsafe table.log = { host, level, message, fields in
            guard let desk = unsafe HostTable.desk(host), let level = HostTable.level(level),
                unsafe message != nil
            else { return tally_status(TALLY_BAD_ARGUMENT) }
            let text = unsafe PluginText.excerpt(
                message,
                maximumByteCount: PluginLimits.maximumLogMessageByteCount
            )
            return tally_status(desk.log(level, text, unsafe HostTable.metadata(fields)))
        }
        unsafe table.worker_index = { host in unsafe HostTable.desk(host)?.workerIndex ?? 0 }
        unsafe table.worker_count = { host in unsafe HostTable.desk(host)?.workerCount ?? 0 }
        unsafe table.answer = { host, ticket, verdict, answer in
            unsafe HostTable.answer(host, ticket, verdict, answer)
        }
        unsafe table.run_on_loop = { host, function, argument in
            guard let desk = unsafe HostTable.desk(host), let function = unsafe function else {
                return tally_status(TALLY_BAD_ARGUMENT)
            }
            return HostTable.add(.run(unsafe PluginFunction(function, argument)), to: desk)
        }
        unsafe table.add_to_counter = { host, name, count in
            guard let desk = unsafe HostTable.desk(host),
                let name = unsafe HostTable.numberName(name)
            else {
                return tally_status(TALLY_BAD_ARGUMENT)
            }
            return tally_status(desk.add(count, to: name))
        }
        unsafe table.set_gauge = { host, name, value in
            guard let desk = unsafe HostTable.desk(host),
                let name = unsafe HostTable.numberName(name)
            else {
                return tally_status(TALLY_BAD_ARGUMENT)
            }
            return tally_status(desk.set(name, to: value))
        }
        // There are none yet.
        unsafe table.get_extension = { _, _ in nil }
    }

    private static func answer(
        _ host: UnsafeMutablePointer<tally_host>?,
        _ ticket: UInt64,
        _ verdict: tally_verdict,
        _ answer: UnsafePointer<tally_answer>?
    ) -> tally_status {
        guard let desk = unsafe HostTable.desk(host) else {
            return tally_status(TALLY_BAD_ARGUMENT)
        }
        // Without the size of ABI 1.0 nothing in it can be trusted, not even what is given.
        if let answer = unsafe answer,
            unsafe answer.pointee.struct_size != UInt32(MemoryLayout<tally_answer>.size)
        {
            return tally_status(TALLY_BAD_ARGUMENT)
        }
        // A copy: what is taken out of it stays as it is in the plugin's.
        var copy = unsafe answer?.pointee ?? tally_answer()
        let taken = unsafe PluginVerdict(taking: verdict, &copy)
        switch taken {
        case .unusable, .pending: return tally_status(TALLY_BAD_ARGUMENT)
        case .allow, .reject, .replace: break
        }
        guard desk.isOnLoop else { return HostTable.add(.answer(ticket: ticket, taken), to: desk) }
        return unsafe HostTable.onLoop(host) {
            $0.answer(ticket, taken) ? TALLY_OK : TALLY_NOT_FOUND
        }
    }

    private static func add(_ entry: PluginInbox.Entry, to desk: HostDesk) -> tally_status {
        do throws(PluginInbox.Refusal) {
            try desk.inbox.add(entry)
            return tally_status(TALLY_OK)
        } catch {
            switch error {
            case .full: return tally_status(TALLY_LIMIT)
            case .closed: return tally_status(TALLY_CLOSED)
            }
        }
    }

    private static func numberName(_ name: UnsafePointer<CChar>?) -> String? {
        unsafe PluginText.string(name, maximumByteCount: PluginLimits.maximumNumberNameByteCount)
    }

    private static func level(_ level: tally_log_level) -> Logger.Level? {
        switch Int(level) {
        case TALLY_DEBUG: .debug
        case TALLY_INFO: .info
        case TALLY_WARNING: .warning
        case TALLY_ERROR: .error
        default: nil
        }
    }

    /// The texts and numbers of an object; what else there is, is left out.
    private static func metadata(_ fields: UnsafePointer<json_t>?) -> Logger.Metadata {
        guard let fields = unsafe fields,
            let text = unsafe HeldJSON.text(
                of: fields,
                maximumByteCount: PluginLimits.maximumLogMessageByteCount
            ),
            let object = try? JSONValue.parse(
                text,
                limits: JSONLimits(maximumByteCount: text.count, maximumDepth: 16)
            )
        else { return [:] }
        var metadata: Logger.Metadata = [:]
        for (name, value) in object.members.prefix(PluginLimits.maximumLogFields) {
            if let text = value.string {
                metadata[name] = "\(text)"
            } else if let integer = value.integer {
                metadata[name] = "\(integer)"
            } else if let number = value.number {
                metadata[name] = "\(number)"
            }
        }
        // Who spoke is for Tally to say.
        for own in ["role", "worker", "plugin", "text"] { metadata[own] = nil }
        return metadata
    }
}
