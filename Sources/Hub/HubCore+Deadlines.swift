// SPDX-License-Identifier: Apache-2.0

import Channels
import Live

extension HubCore {
    /// Takes up a rebuilt state: what runs goes on, what has a time gets its deadline.
    mutating func takeUp() {
        for stream in state.streams.values where stream.isRunning {
            runningStreams.insert(stream.id)
            scheduleGrace(of: stream)
            deadlines.schedule(.control(stream: stream.id), at: now + HubOptions.settlingTime)
        }
        for (channel, log) in state.logs {
            guard let expiry = log.nextExpiry else { continue }
            deadlines.schedule(.log(channel: channel), at: expiry)
        }
        for channel in state.latestValues.keys {
            deadlines.schedule(.latest(channel: channel), at: now)
        }
        for (stream, mutes) in state.mutes {
            guard let expiry = mutes.nextExpiry else { continue }
            deadlines.schedule(.mutes(stream: stream), at: expiry)
        }
        if let expiry = state.answers.nextExpiry { deadlines.schedule(.answers, at: expiry) }
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
            endGrace(of: stream)
        case .control(let stream):
            changedControl.insert(stream)
        case .log(let channel):
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
        }
    }

    /// Not at once again: a busy table costs one look a second, not one for each of its entries.
    private mutating func again(_ deadline: Deadline, at moment: Timestamp?) {
        guard let moment else { return }
        deadlines.schedule(deadline, at: max(moment, now + HubOptions.expiryGranularity))
    }

    private mutating func expireLatest(of channel: String) {
        guard let value = state.latestValues[channel] else { return }
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
