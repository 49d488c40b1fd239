package io.quorumfence.wire;

import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Terms;

/** The parts that beats and datagrams share. */
final class TermsCodec {
    private TermsCodec() {}

    static void write(Payload.Writer to, Terms terms) {
        Codes.ACTION.write(to, terms.action());
        to.number(terms.selfNs());
        to.number(terms.actNs());
        to.number(terms.watchdogNs());
        Codes.WATCHDOG.write(to, terms.watchdog());
        to.flag(terms.armed());
        to.number(terms.suspectNs());
        to.number(terms.marginNs());
    }

    static Terms read(Payload.Reader from) {
        return new Terms(
                Codes.ACTION.read(from),
                from.number(),
                from.number(),
                from.number(),
                Codes.WATCHDOG.read(from),
                from.flag(),
                from.number(),
                from.number());
    }

    static void write(Payload.Writer to, Incarnation incarnation) {
        to.number(incarnation.counter());
        to.uuid(incarnation.bootId());
    }

    static Incarnation readIncarnation(Payload.Reader from) {
        return new Incarnation(from.number(), from.uuid());
    }
}
