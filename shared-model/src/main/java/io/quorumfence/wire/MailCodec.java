package io.quorumfence.wire;

import io.quorumfence.model.FenceToken;
import io.quorumfence.model.HostId;
import io.quorumfence.model.MailEntry;

/** What a claimer wrote for a suspect. */
final class MailCodec implements PayloadCodec<MailEntry> {

    @Override
    public void write(Payload.Writer to, MailEntry mail) {
        to.text(mail.claimer().value());
        to.text(mail.suspect().value());
        to.number(mail.suspectCounter());
        to.number(mail.token().value());
        Codes.MAIL_STAGE.write(to, mail.stage());
        to.number(mail.recordVersion());
    }

    @Override
    public MailEntry read(Payload.Reader from) {
        return new MailEntry(
                new HostId(from.text()),
                new HostId(from.text()),
                from.number(),
                new FenceToken(from.number()),
                Codes.MAIL_STAGE.read(from),
                from.number());
    }
}
