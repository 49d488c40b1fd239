package io.quorumfence.model;

/** "Bound by token, I acknowledge (suspect, up to counter) no more"; kept on tmpfs before it is sent (rule 16). */
public record Promise(FenceToken token, HostId suspect, long suspectCounter, long recordVersion) {
    public boolean binds(HostId host, long counter) {
        return suspect.equals(host) && counter <= suspectCounter;
    }
}
