package io.quorumfence.lab.scenario;

import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.api.Answer;
import io.quorumfence.lab.ground.Box;
import io.quorumfence.lab.ground.LabException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Signals to the programs of a host: its agent, libvirtd, sshd. */
final class ProgramVerbs {
    private static final Map<String, String> HELPERS = Map.of("missing", "/nowhere/qf-fence-helper", "old", "exit 64");

    private ProgramVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("kill-agent", ProgramVerbs::killAgent);
        verbs.put("start-agent", signal("start-agent", box -> box.keepAgentDown(false)));
        verbs.put("pause-agent", signal("pause-agent", box -> box.signalAgent("STOP")));
        verbs.put("continue-agent", signal("continue-agent", box -> box.signalAgent("CONT")));
        verbs.put("kill-libvirtd", signal("kill-libvirtd", box -> box.signalProgram("KILL", "libvirtd")));
        verbs.put("hang-libvirtd", signal("hang-libvirtd", box -> box.signalProgram("STOP", "libvirtd")));
        verbs.put("continue-libvirtd", signal("continue-libvirtd", box -> box.signalProgram("CONT", "libvirtd")));
        verbs.put("start-libvirtd", signal("start-libvirtd", ProgramVerbs::startLibvirtd));
        verbs.put("stop-sshd", signal("stop-sshd", box -> box.signalProgram("KILL", "sshd")));
        verbs.put("start-sshd", signal("start-sshd", ProgramVerbs::startSshd));
        verbs.put("hang-sshd", signal("hang-sshd", box -> box.signalProgram("STOP", "sshd")));
        verbs.put("continue-sshd", signal("continue-sshd", box -> box.signalProgram("CONT", "sshd")));
        verbs.put("new-host-key", signal("new-host-key", ProgramVerbs::newHostKey));
        verbs.put("fence-helper", ProgramVerbs::fenceHelper);
        verbs.put("receive-webhooks", signal("receive-webhooks", Box::receiveWebhooks));
        verbs.put("reaction", ProgramVerbs::reaction);
    }

    private static Verb signal(String verb, Consumer<Box> what) {
        return (value, cast) -> PowerVerbs.onHosts(value, cast, verb, PowerVerbs.stamped(what));
    }

    private static Action killAgent(Yaml value, Cast cast) {
        Keys keys = value.keys("kill-agent", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        boolean keepDown = keys.flag("keep-down", false);
        keys.end();
        return (stage, step) -> {
            long at = System.nanoTime();
            for (String host : hosts) {
                Box box = stage.cell().lab().box(host);
                box.keepAgentDown(keepDown);
                box.signalAgent("KILL");
            }
            return at;
        };
    }

    private static Action reaction(Yaml value, Cast cast) {
        Keys keys = value.keys("reaction", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        boolean on = keys.flag("on", true);
        keys.end();
        return (stage, step) -> {
            for (String host : hosts) {
                Answer answer = new AgentApi(stage.cell().lab(), host).reaction(on);
                if (answer.status() != 200) {
                    throw new LabException(host + " does not switch its reaction: " + answer.body());
                }
            }
            return System.nanoTime();
        };
    }

    /** What siblings get in place of the fence helper: nothing, or one that does not know their line. */
    private static Action fenceHelper(Yaml value, Cast cast) {
        Keys keys = value.keys("fence-helper", "host");
        List<String> hosts = cast.hosts(keys.need("host"));
        String forced = HELPERS.get(keys.text("is"));
        if (forced == null) {
            throw keys.wrong("'is' of fence-helper must be one of " + new TreeSet<>(HELPERS.keySet()));
        }
        keys.end();
        String edit = "s|^command=\"[^\"]*\"|command=\"" + forced + "\"|";
        return (stage, step) -> {
            for (String host : hosts) {
                stage.cell()
                        .lab()
                        .box(host)
                        .inside("sed", "-i", edit, "/etc/ssh/authorized_keys")
                        .check("cannot change the forced command on " + host);
            }
            return System.nanoTime();
        };
    }

    private static void newHostKey(Box box) {
        box.inside("sh", "-c", "rm -f /etc/ssh/host_key* && ssh-keygen -q -t ed25519 -N '' -C new -f /etc/ssh/host_key")
                .check("cannot make a host key on " + box.name());
        box.signalProgram("KILL", "sshd");
        startSshd(box);
    }

    private static void startLibvirtd(Box box) {
        box.inside("/usr/sbin/libvirtd", "-d", "--listen", "-f", "/etc/libvirt/libvirtd.conf")
                .check("cannot start libvirtd on " + box.name());
    }

    private static void startSshd(Box box) {
        box.inside("/usr/sbin/sshd", "-f", "/etc/ssh/sshd_config", "-E", "/var/log/qf/sshd.log")
                .check("cannot start sshd on " + box.name());
    }
}
