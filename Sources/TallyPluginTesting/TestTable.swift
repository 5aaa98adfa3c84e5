// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import Dispatch
import Synchronization
import TallyPlugin

/// The functions of a test host, as C sees them.
enum TestTable {
    /// Which worker plays which host.
    private static let owners = Mutex<[Int: TestWorker]>([:])

    static func setOwner(of table: UnsafeMutablePointer<tally_host>, to worker: TestWorker) {
        let address = Int(bitPattern: table)
        owners.withLock { $0[address] = worker }
    }

    private static func owner(_ table: UnsafeMutablePointer<tally_host>?) -> TestWorker? {
        let address = Int(bitPattern: table)
        return owners.withLock { $0[address] }
    }

    /// Never let go: tests are over soon.
    static func make() -> UnsafeMutablePointer<tally_host> {
        let table = UnsafeMutablePointer<tally_host>.allocate(capacity: 1)
        unsafe table.initialize(to: tally_host())
        unsafe table.pointee.struct_size = UInt32(MemoryLayout<tally_host>.size)
        unsafe table.pointee.abi_major = UInt16(TALLY_PLUGIN_ABI_MAJOR)
        unsafe table.pointee.abi_minor = UInt16(TALLY_PLUGIN_ABI_MINOR)
        unsafe setAnywhere(&table.pointee)
        unsafe setLoop(&table.pointee)
        unsafe setClients(&table.pointee)
        return unsafe table
    }

    private static let done = tally_status(TALLY_OK)

    private static func text(_ text: UnsafePointer<CChar>?) -> String {
        unsafe text.map { unsafe String(cString: $0) } ?? ""
    }

    private static func setAnywhere(_ table: inout tally_host) {
        unsafe table.log = { host, level, message, fields in
            let line = unsafe TestRecord.Line(
                level: LogLevel(rawValue: level) ?? .info,
                message: TestTable.text(message),
                fields: JSON(borrowing: fields) ?? [:]
            )
            let owner = unsafe TestTable.owner(host)
            TestLoop.shared.post { owner?.record.log.append(line) }
            return TestTable.done
        }
        unsafe table.worker_index = { _ in 0 }
        unsafe table.worker_count = { _ in 1 }
        unsafe table.answer = { host, ticket, verdict, answer in
            let answer = unsafe TestAnswer(verdict, answer?.pointee)
            let owner = unsafe TestTable.owner(host)
            TestLoop.shared.post { _ = owner?.answer(ticket, answer) }
            return TestTable.done
        }
        unsafe table.run_on_loop = { _, function, argument in
            let address = Int(bitPattern: argument)
            TestLoop.shared.post { unsafe function?(UnsafeMutableRawPointer(bitPattern: address)) }
            return TestTable.done
        }
        unsafe table.add_to_counter = { host, name, count in
            let name = unsafe TestTable.text(name)
            let owner = unsafe TestTable.owner(host)
            TestLoop.shared.post { owner?.record.counters[name, default: 0] += count }
            return TestTable.done
        }
        unsafe table.set_gauge = { host, name, value in
            let name = unsafe TestTable.text(name)
            let owner = unsafe TestTable.owner(host)
            TestLoop.shared.post { owner?.record.gauges[name] = value }
            return TestTable.done
        }
        unsafe table.get_extension = { _, _ in nil }
    }

    private static func setLoop(_ table: inout tally_host) {
        unsafe table.settings = { host in
            unsafe UnsafePointer(TestTable.owner(host)?.settings)
        }
        unsafe table.run_off_loop = { _, work, done, argument in
            let address = Int(bitPattern: argument)
            DispatchQueue.global().async {
                unsafe work?(UnsafeMutableRawPointer(bitPattern: address))
                TestLoop.shared.post { unsafe done?(UnsafeMutableRawPointer(bitPattern: address)) }
            }
            return TestTable.done
        }
        unsafe table.start_timer = { host, after, every, function, argument, number in
            guard let owner = unsafe TestTable.owner(host), let function = unsafe function else {
                return tally_status(TALLY_BAD_ARGUMENT)
            }
            unsafe number?.pointee = owner.timers.start(
                after: .milliseconds(after),
                every: every == 0 ? nil : .milliseconds(every),
                function,
                argument
            )
            return TestTable.done
        }
        unsafe table.cancel_timer = { host, number in
            let isKnown = unsafe TestTable.owner(host)?.timers.cancel(number) ?? false
            return isKnown ? TestTable.done : tally_status(TALLY_NOT_FOUND)
        }
        unsafe table.call = { host, method, parameters, then, context in
            guard let owner = unsafe TestTable.owner(host) else {
                return tally_status(TALLY_CLOSED)
            }
            let method = unsafe TestTable.text(method)
            let parameters = unsafe JSON(borrowing: parameters) ?? [:]
            let address = Int(bitPattern: context)
            TestLoop.shared.post {
                let context = unsafe UnsafeMutableRawPointer(bitPattern: address)
                switch owner.answer(method, parameters) {
                case .success(let result):
                    unsafe result.withValue { unsafe then?(context, 0, "", $0) }
                case .failure(.refused(let code, let message)):
                    unsafe then?(context, code, message, nil)
                case .failure(let error):
                    unsafe then?(context, 100, "\(error)", nil)
                }
            }
            return TestTable.done
        }
    }

    private static func setClients(_ table: inout tally_host) {
        unsafe table.send = { host, session, data in
            let message = unsafe TestRecord.Message(
                session: session,
                data: JSON(borrowing: data) ?? .null
            )
            unsafe TestTable.owner(host)?.record.messages.append(message)
            return TestTable.done
        }
        unsafe table.disconnect = { host, session, code, reason in
            let reason = unsafe TestTable.text(reason)
            unsafe TestTable.owner(host)?.record.disconnections.append(
                TestRecord.Disconnection(session: session, code: code, reason: reason)
            )
            return TestTable.done
        }
        unsafe table.unsubscribe = { host, session, channel in
            let channel = unsafe TestTable.text(channel)
            unsafe TestTable.owner(host)?.record.unsubscriptions.append(
                TestRecord.Unsubscription(session: session, channel: channel)
            )
            return TestTable.done
        }
    }
}

extension TestWorker {
    fileprivate func answer(_ method: String, _ parameters: JSON) -> Result<JSON, HostError> {
        if let result = store.call(method, parameters) { return result }
        record.calls.append(TestRecord.NodeCall(method: method, parameters: parameters))
        return onCall(method, parameters)
    }
}
