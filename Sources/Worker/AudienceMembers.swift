// SPDX-License-Identifier: Apache-2.0

import WebServer

/// The members of a channel, in zones.
///
/// So a flush can go on in slices while members come and go:
///
///     0        servedEnd     walkEnd        settledEnd      count
///     | served |  to be served | came after the | came while the |
///     |        |               | flush began    | batch was open |
///
/// Their connections lie side by side, apart from the sessions: a flush touches nothing else.
struct AudienceMembers<Member: AnyObject> {
    private(set) var members: [Member] = []
    /// `ConnectionID.none` for a member that cannot be sent to directly.
    private(set) var connections: [ConnectionID] = []
    private(set) var servedEnd = 0
    private(set) var walkEnd = 0
    private(set) var settledEnd = 0
    /// How much of the open batch was there when each of the last zone came.
    private var marks: [PushBatch.Mark] = []

    var count: Int { members.count }
    var isEmpty: Bool { members.isEmpty }
    var isWalking: Bool { servedEnd < walkEnd }

    /// Adds a member; `mark` is nil where no batch is open.
    mutating func append(_ member: Member, _ connection: ConnectionID, mark: PushBatch.Mark?) {
        members.append(member)
        connections.append(connection)
        if let mark {
            marks.append(mark)
        } else {
            precondition(marks.isEmpty, "a batch is open")
            settledEnd = members.count
        }
    }

    mutating func setConnection(_ connection: ConnectionID, at index: Int) {
        connections[index] = connection
    }

    /// Removes a member at the same cost in a channel of any size: at each zone's end one moves.
    mutating func remove(at index: Int, moved: (Member, _ newIndex: Int) -> Void) {
        var hole = index
        func fill(from last: Int) {
            if last != hole {
                members[hole] = members[last]
                connections[hole] = connections[last]
                moved(members[hole], hole)
            }
            hole = last
        }
        if hole < servedEnd {
            fill(from: servedEnd - 1)
            servedEnd -= 1
        }
        if hole < walkEnd {
            fill(from: walkEnd - 1)
            walkEnd -= 1
        }
        if hole < settledEnd {
            fill(from: settledEnd - 1)
            settledEnd -= 1
            // The one that comes to stand at the last zone's begin stood at its end.
            if let mark = marks.popLast() { marks.insert(mark, at: 0) }
        } else {
            let place = hole - settledEnd
            marks[place] = marks[marks.count - 1]
            marks.removeLast()
        }
        fill(from: members.count - 1)
        members.removeLast()
        connections.removeLast()
    }

    // MARK: Flushing

    /// Visits the last zone with its marks, and begins a walk over all that were there before.
    mutating func beginWalk(late: (Member, PushBatch.Mark) -> Void) {
        precondition(!isWalking, "a walk at a time")
        for (offset, mark) in marks.enumerated() { late(members[settledEnd + offset], mark) }
        marks = []
        servedEnd = 0
        walkEnd = settledEnd
        settledEnd = members.count
    }

    /// Counts a member as served; false where it does not wait to be.
    mutating func serve(at index: Int, moved: (Member, _ newIndex: Int) -> Void) -> Bool {
        guard (servedEnd..<walkEnd).contains(index) else { return false }
        members.swapAt(index, servedEnd)
        connections.swapAt(index, servedEnd)
        if index != servedEnd {
            moved(members[index], index)
            moved(members[servedEnd], servedEnd)
        }
        servedEnd += 1
        return true
    }

    /// The next members to be served, counted as such.
    mutating func nextSlice(maximumCount: Int) -> Range<Int> {
        let slice = servedEnd..<(servedEnd + min(maximumCount, walkEnd - servedEnd))
        servedEnd = slice.upperBound
        if servedEnd == walkEnd {
            servedEnd = 0
            walkEnd = 0
        }
        return slice
    }
}
