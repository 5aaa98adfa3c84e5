// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// How an instance answers one hook.
enum Handler<Content: CallContent, Replacement: Answering> {
    case absent
    case now(@Loop (Call<Content>) -> Verdict<Replacement>)
    case later(@Loop @Sendable (Call<Content>) async -> Verdict<Replacement>)

    /// On the loop, from Tally.
    @Loop
    func callAsFunction(
        _ call: tally_call,
        _ answer: inout tally_answer,
        of instance: Instance
    ) -> tally_verdict {
        switch self {
        case .absent:
            return tally_verdict(TALLY_ALLOW)
        case .now(let hook):
            instance.texts = AnswerTexts()
            return unsafe hook(Call(call)).write(to: &answer, texts: &instance.texts)
        case .later(let hook):
            let call = unsafe Call<Content>(call)
            let reply = Reply<Replacement>()
            // Runs up to the first wait before it returns; without one the answer is there already.
            let task = Task.immediate { @Loop in
                let verdict = await hook(call)
                guard reply.isLate else {
                    reply.atOnce = verdict
                    return
                }
                instance.pending[call.ticket] = nil
                instance.answer(call.ticket, verdict)
            }
            if let atOnce = reply.atOnce {
                instance.texts = AnswerTexts()
                return unsafe atOnce.write(to: &answer, texts: &instance.texts)
            }
            reply.isLate = true
            instance.pending[call.ticket] = task
            return tally_verdict(TALLY_PENDING)
        }
    }
}

/// Where the answer of an asynchronous hook goes: back to the caller, or through the ticket.
@Loop
private final class Reply<Replacement: Sendable> {
    var atOnce: Verdict<Replacement>?
    var isLate = false
}

/// What a notification puts in the place of what happened: nothing.
struct Seen: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {}
}
