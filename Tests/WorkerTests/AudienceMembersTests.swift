// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import WebServer

@testable import Worker

/// A flush in slices reaches everyone once, whoever comes and goes meanwhile.
@Suite struct AudienceMembersTests {
    private final class Member {
        var index = -1
        var served = 0
        /// Served by the walk that was under way when it came, or that began later.
        var mayBeServed = false
        var isLate = false
    }

    private func add(_ member: Member, to list: inout AudienceMembers<Member>, isOpen: Bool) {
        member.index = list.count
        list.append(member, .none, mark: isOpen ? PushBatch.Mark() : nil)
        member.isLate = isOpen
    }

    private func check(_ list: AudienceMembers<Member>) {
        for (index, member) in list.members.enumerated() { #expect(member.index == index) }
        #expect(list.members.count == list.connections.count)
    }

    @Test(arguments: 0..<20)
    func servesEveryMemberOnceInWhateverOrderTheyComeAndGo(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var list = AudienceMembers<Member>()
        // Stands for the batch: whether a push waits that members of before have to get.
        var isOpen = false
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                add(Member(), to: &list, isOpen: isOpen)
            case 4..<6:
                guard !list.isEmpty else { continue }
                let index = Int.random(in: 0..<list.count, using: &random)
                let removed = list.members[index]
                list.remove(at: index) { $0.index = $1 }
                #expect(!list.members.contains { $0 === removed })
            case 6:
                isOpen = true
            case 7:
                guard !list.isWalking, isOpen else { continue }
                for member in list.members {
                    member.served = 0
                    member.mayBeServed = !member.isLate
                }
                var late = 0
                list.beginWalk { member, _ in
                    #expect(member.isLate)
                    member.isLate = false
                    late += 1
                }
                #expect(list.members.allSatisfy { !$0.isLate })
                isOpen = false
            case 8:
                guard list.isWalking else { continue }
                let index = Int.random(in: 0..<list.count, using: &random)
                let member = list.members[index]
                if list.serve(at: index, moved: { $0.index = $1 }) {
                    member.served += 1
                    #expect(member.mayBeServed)
                }
            default:
                guard list.isWalking else { continue }
                let slice = list.nextSlice(maximumCount: 3)
                for member in list.members[slice] {
                    member.served += 1
                    #expect(member.mayBeServed)
                }
            }
            check(list)
            if !list.isWalking {
                for member in list.members {
                    #expect(member.served == (member.mayBeServed ? 1 : 0))
                }
            }
        }
    }

    @Test func keepsTheMarkOfEachMemberThatCameLate() {
        var batch = PushBatch()
        var list = AudienceMembers<Member>()
        let early = Member()
        add(early, to: &list, isOpen: false)
        var marks: [(Member, PushBatch.Mark)] = []
        for _ in 0..<5 {
            batch.append([0x31])
            let member = Member()
            member.index = list.count
            list.append(member, .none, mark: batch.mark)
            marks.append((member, batch.mark))
        }
        // A settled member's place is taken by the last one, and one in the middle goes.
        list.remove(at: 0) { $0.index = $1 }
        let gone = marks.remove(at: 2)
        list.remove(at: gone.0.index) { $0.index = $1 }
        var seen = 0
        list.beginWalk { member, mark in
            seen += 1
            #expect(marks.contains { $0.0 === member && $0.1 == mark })
        }
        #expect(seen == 4)
    }
}
