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
            instance.pending[call.ticket] = Task {
                let verdict = await hook(call)
                instance.pending[call.ticket] = nil
                instance.answer(call.ticket, verdict)
            }
            return tally_verdict(TALLY_PENDING)
        }
    }
}

/// What a notification puts in the place of what happened: nothing.
struct Seen: Answering {
    func write(to answer: inout tally_answer, texts: inout AnswerTexts) {}
}
