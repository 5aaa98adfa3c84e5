// SPDX-License-Identifier: Apache-2.0

import Channels
import Journal
import Live
import Manifest

extension HubCore {
    /// Takes up a rebuilt state: what runs goes on, what has a time gets its deadline.
    mutating func takeUp() {
        for stream in state.streams.values where stream.isRunning {
            runningStreams.insert(stream.id)
            if let end = stream.lifecycle.graceEnds(after: options.live.gracePeriod) {
                // Its broadcaster may be waiting for this very hub.
                let earliest = now + HubOptions.settlingTime
                deadlines.schedule(.grace(stream: stream.id), at: max(end, earliest))
            }
            deadlines.schedule(.control(stream: stream.id), at: now + HubOptions.settlingTime)
        }
        for (channel, log) in state.logs {
            // What is not loaded is not older than now, so all of it is gone by then.
            let unloaded = state.unloadedLogs.contains(channel) || log.count == 0
            guard let expiry = unloaded ? now + log.limits.lifetime : log.nextExpiry else {
                continue
            }
            deadlines.schedule(.log(channel: channel), at: expiry)
        }
        for channel in state.latestValues.keys {
            deadlines.schedule(.latest(channel: channel), at: now)
        }
        for (stream, mutes) in state.mutes {
            guard let expiry = mutes.nextExpiry else { continue }
            deadlines.schedule(.mutes(stream: stream), at: expiry)
        }
        if let expiry = state.nextAnswerExpiry { deadlines.schedule(.answers, at: expiry) }
        if let expiry = state.revocations.nextExpiry {
            deadlines.schedule(.revocations, at: expiry)
        }
    }

    /// Looks at it again when recording may work.
    mutating func postpone(_ deadline: Deadline) {
        deadlines.schedule(deadline, at: now + HubOptions.expiryGranularity)
    }

    /// Sees to everything whose time has come.
    mutating func meetDeadlines() {
        while let deadline = deadlines.takeDue(now: now) { meet(deadline) }
    }

    private mutating func meet(_ deadline: Deadline) {
        switch deadline {
        case .viewers(let stream):
            changedAudiences.insert(stream)
        case .grace(let stream):
            if isReadOnly { postpone(deadline) } else { endGrace(of: stream) }
        case .control(let stream):
            changedControl.insert(stream)
        case .log(let channel):
            expireUnloaded(channel)
            let next = state.expireLog(of: channel, now: now)
            dropIdleLog(of: channel)
            again(deadline, at: next)
        case .latest(let channel):
            expireLatest(of: channel)
        case .mutes(let stream):
            again(deadline, at: state.expireMutes(of: stream, now: now))
        case .answers:
            again(deadline, at: state.expireAnswers(now: now))
        case .policy:
            policy.expire(now: now)
            again(deadline, at: policy.nextExpiry)
        case .revocations:
            again(deadline, at: state.expireRevocations(now: now))
        }
    }

    /// Not at once again: a busy table costs one look a second, not one for each of its entries.
    private mutating func again(_ deadline: Deadline, at moment: Timestamp?) {
        guard let moment else { return }
        deadlines.schedule(deadline, at: max(moment, now + HubOptions.expiryGranularity))
    }

    /// What the hub has not read of a log since it started has expired unread.
    private mutating func expireUnloaded(_ channel: String) {
        guard let log = state.logs[channel], startedAt + log.limits.lifetime <= now else { return }
        state.load([], of: channel)
    }

    private mutating func expireLatest(of channel: String) {
        guard let value = state.latestValues[channel] else { return }
        guard !isReadOnly else { return postpone(.latest(channel: channel)) }
        guard let rule = try? rule(for: channel).rule, rule.retention == .latest else {
            return record(.channelDropped(channel))
        }
        let expiry = value.at + lifetime(ofLatest: rule)
        if expiry > now {
            again(.latest(channel: channel), at: expiry)
        } else {
            record(.channelDropped(channel))
        }
    }
}
