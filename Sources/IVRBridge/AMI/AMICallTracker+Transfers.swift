/// How a call goes from one party to the next.
extension AMICallTracker {
    mutating func blindTransfer(_ fields: inout AMIFields) {
        guard Self.succeeded(fields) else { return }
        guard let name = fields.known("TransfererChannel"), let id = fields.known("TransfererUniqueid") else { return }
        let linked = fields.known("TransfererLinkedid") ?? id
        let transferer = channelIndex[id.string]
        guard let call = transferer.map({ channels[$0].call }) ?? callIndex[linked.string] else { return }
        if let transferer {
            // Told twice: a channel that handed the call on has left it.
            guard !channels[transferer].hasTransferred else { return }
            channels[transferer].hasTransferred = true
            stopsHolding(transferer)
        }
        let from = transferer.map { device(behind: $0, in: call) } ?? AMIChannelName.party(of: name)
        let to = fields.known("Extension")?.string
        if let last = calls[call].snapshot.transfers.indices.last,
            calls[call].snapshot.transfers[last].kind == .redirect, calls[call].openTransfer == last,
            calls[call].snapshot.transfers[last].from == from
        {
            // The caller's leaving was told before its reason.
            calls[call].snapshot.transfers[last].kind = .blind
            change(call)
            return
        }
        append(CallTransfer(kind: .blind, from: from, to: to), isOpen: true, in: call)
    }

    mutating func attendedTransfer(_ fields: inout AMIFields) {
        guard Self.succeeded(fields) else { return }
        var header = fields
        // The transferer stays: nobody was handed on (bridge_builtin_features.c, three-way).
        if let type = header.value("DestType"), type == "Threeway" || type == "Fail" { return }
        let origin = fields.known("OrigTransfererUniqueid").flatMap { channelIndex[$0.string] }
        let originCall = fields.known("OrigTransfererLinkedid").flatMap { callIndex[$0.string] }
        let second = fields.known("SecondTransfererUniqueid").flatMap { channelIndex[$0.string] }
        let secondCall =
            second.map { channels[$0].call }
            ?? fields.known("SecondTransfererLinkedid").flatMap { callIndex[$0.string] }
        let transferee = fields.known("TransfereeUniqueid").flatMap { channelIndex[$0.string] }
        guard let firstCall = transferee.map({ channels[$0].call }) ?? origin.map({ channels[$0].call }) ?? originCall
        else { return }
        if let origin {
            guard !channels[origin].hasTransferred else { return }
            channels[origin].hasTransferred = true
            stopsHolding(origin)
        }
        if let second {
            channels[second].hasTransferred = true
            stopsHolding(second)
        }
        var from = origin.map { device(behind: $0, in: channels[$0].call) }
        if from == nil { from = fields.known("OrigTransfererChannel").map { AMIChannelName.party(of: $0) } }
        let target = fields.known("TransferTargetUniqueid").flatMap { channelIndex[$0.string] }

        let call: Int
        var taker: Int?
        if let secondCall, secondCall != firstCall {
            // Of the two calls the customer's stays, whichever of them the transferer had first.
            let staysFirst = rank(firstCall) >= rank(secondCall)
            call = staysFirst ? firstCall : secondCall
            taker = staysFirst ? target : transferee
            if taker == nil, staysFirst { taker = ringingOrTalking(in: secondCall, besides: second) }
            absorb(staysFirst ? secondCall : firstCall, into: call)
        } else {
            call = firstCall
            taker = target
        }
        if let reached = taker { taker = phone(behind: reached, in: call) }
        calls[call].hungUpBy = nil
        let isTaken = taker.map { channels[$0].isUp } ?? false
        append(
            CallTransfer(kind: .attended, from: from, to: taker.map { channels[$0].party }),
            isOpen: !isTaken,
            in: call
        )
        if isTaken, let taker {
            calls[call].snapshot.lastParty = channels[taker].party
            personAnswered(taker, at: nil)
            passes(to: taker, in: call)
        }
        refreshHold(call)
    }

    private static func succeeded(_ fields: AMIFields) -> Bool {
        var fields = fields
        guard let result = fields.value("Result") else { return true }
        return result == "Success"
    }

    /// A phone of a call that rings or talks, for a transfer that does not say to whom.
    private func ringingOrTalking(in call: Int, besides second: Int?) -> Int? {
        calls[call].channels.last {
            let channel = channels[$0]
            return !channel.isGone && !channel.isLocal && !channel.isNobody && $0 != calls[call].main && $0 != second
                && (channel.isUp || channel.isDialling)
        }
    }

    /// A transfer's channel hands over: it holds nobody any more.
    private mutating func stopsHolding(_ place: Int) {
        channels[place].isHeld = false
        refreshHold(channels[place].call)
    }

    mutating func append(_ transfer: CallTransfer, isOpen: Bool, in call: Int) {
        guard calls[call].snapshot.transfers.count < Self.mostTransfers else { return }
        calls[call].snapshot.transfers.append(transfer)
        calls[call].openTransfer = isOpen ? calls[call].snapshot.transfers.count - 1 : nil
        calls[call].openTargets = 0
        calls[call].attempt = .init()
        change(call)
    }

    /// A phone rings for a transferred caller: one phone is the transfer's target, of several the one that answers.
    mutating func aimTransfer(at dest: Int, in call: Int) {
        guard let open = calls[call].openTransfer, calls[call].snapshot.transfers.indices.contains(open) else { return }
        calls[call].openTargets += 1
        // A queue is aimed at all its members: until one of them answers, its extension is the target.
        guard calls[call].openTargets == 1, !calls[call].snapshot.isWaiting else { return }
        calls[call].snapshot.transfers[open].to = channels[dest].party
        change(call)
    }

    /// A caller leaves a bridge for another place of the dialplan though nobody hung up or transferred: AMI `Redirect`.
    ///
    /// Asterisk sends no event of its own for it; the channel shows its new extension while it leaves.
    mutating func noteRedirect(from old: UInt64, to new: UInt64, _ fields: AMIFields, in call: Int) {
        var fields = fields
        guard old != 0, old != new, calls[call].hungUpBy == nil, calls[call].openTransfer == nil,
            let exten = fields.known("Exten"), !(exten == "h"), !(exten == "i"), !(exten == "t"),
            let from = calls[call].snapshot.lastParty, calls[call].snapshot.answeredBy != nil
        else { return }
        append(CallTransfer(kind: .redirect, from: from, to: exten.string), isOpen: true, in: call)
    }

    // MARK: - Through Local pairs

    /// The party's name, of a Local half the phone behind it.
    private func device(behind place: Int, in call: Int) -> String {
        channels[phone(behind: place, in: call) ?? place].party
    }

    /// The phone at the far end of a Local pair, or the channel itself.
    private func phone(behind place: Int, in call: Int) -> Int? {
        guard channels[place].isLocal else { return place }
        var half = place
        // A chain of Local pairs is short; a broken stream may tie it into a ring.
        for _ in 0..<16 {
            let twin = channels[half].twin
            guard twin >= 0 else { return nil }
            let next =
                (bridges[channels[twin].bridge] ?? []).first { $0 != twin }
                ?? calls[call].channels.last { channels[$0].dialledBy == twin && !channels[$0].isGone }
            guard let next else { return nil }
            guard channels[next].isLocal else { return next }
            half = next
        }
        return nil
    }
}
