package io.quorumfence.lab.scenario;

import io.quorumfence.lab.api.AgentApi;
import io.quorumfence.lab.api.Answer;
import io.quorumfence.lab.ground.Command;
import io.quorumfence.lab.ground.Lab;
import io.quorumfence.lab.ground.LabException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hands on VMs that ask nobody. */
final class VmVerbs {
    private static final List<String> HOW = List.of("destroy", "kill");

    private static final List<String> STARTS = List.of("create", "start", "restore");

    private VmVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("start-vm", VmVerbs::start);
        verbs.put("stop-vm", VmVerbs::stop);
        verbs.put("virsh", VmVerbs::virsh);
        verbs.put("let-start", VmVerbs::letStart);
        verbs.put("vm-class", VmVerbs::vmClass);
    }

    private static Action virsh(Yaml value, Cast cast) {
        Keys keys = value.keys("virsh");
        String host = cast.host(keys.need("on"));
        String vm = cast.vm(keys.need("vm"));
        List<String> words = List.of(keys.text("say").split(" "));
        Optional<String> refused = keys.find("refused").map(Yaml::text);
        boolean either = keys.flag("may-be-refused", false);
        keys.end();
        return (stage, step) -> {
            long at = System.nanoTime();
            Command.Output said = stage.cell().lab().virsh(host, vm, words);
            String what = host + "'s virsh " + words.get(0) + " " + vm;
            if (said.code() == 0) {
                if (STARTS.contains(words.get(0))) {
                    stage.cell().gate().noteStart(vm, host, at);
                }
                stage.cell()
                        .timeline()
                        .note("vm", host, what + " went through", said.out().strip());
            } else {
                stage.cell().timeline().note("vm", host, what + " was refused", said.complaint());
            }
            boolean asExpected = refused.isEmpty()
                    ? either || said.code() == 0
                    : said.code() != 0 && said.complaint().contains(refused.get());
            if (!asExpected) {
                throw new LabException(what + (refused.isEmpty() ? "" : " was not refused with " + refused.get()) + ": "
                        + said.complaint());
            }
            return at;
        };
    }

    /** Break-glass, as root does it on the host. */
    private static Action letStart(Yaml value, Cast cast) {
        Keys keys = value.keys("let-start");
        String host = cast.host(keys.need("on"));
        String vm = cast.vm(keys.need("vm"));
        keys.end();
        return (stage, step) -> {
            Lab lab = stage.cell().lab();
            lab.box(host)
                    .inside(
                            "/etc/libvirt/hooks/qemu",
                            "--let",
                            lab.plan().uuidOf(vm),
                            "--for",
                            "60",
                            "--why",
                            "the scenario wants it")
                    .check("cannot break the glass for " + vm + " on " + host);
            return System.nanoTime();
        };
    }

    private static Action vmClass(Yaml value, Cast cast) {
        Keys keys = value.keys("vm-class");
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("by"));
        String vmClass = keys.oneOf("is", List.of("ignore", "protected"), "ignore");
        keys.end();
        return (stage, step) -> {
            Lab lab = stage.cell().lab();
            Answer answer = new AgentApi(lab, host).vmClass(lab.plan().uuidOf(vm), vmClass);
            if (answer.status() != 200) {
                throw new LabException(host + " does not take the class of " + vm + ": " + answer.body());
            }
            if (vmClass.equals("ignore")) {
                stage.cell().ignores(vm);
            }
            return System.nanoTime();
        };
    }

    private static Action start(Yaml value, Cast cast) {
        Keys keys = value.keys("start-vm");
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("on"));
        keys.end();
        return (stage, step) -> {
            stage.cell().gate().start(vm, host, "", true);
            return System.nanoTime();
        };
    }

    private static Action stop(Yaml value, Cast cast) {
        Keys keys = value.keys("stop-vm");
        String vm = cast.vm(keys.need("vm"));
        String host = cast.host(keys.need("on"));
        String how = keys.oneOf("how", HOW, "destroy");
        keys.end();
        return (stage, step) -> {
            Lab lab = stage.cell().lab();
            if (how.equals("destroy")) {
                lab.destroyVm(vm, host);
            } else {
                // By its UUID, which only this VM's qemu has among its arguments.
                lab.box(host)
                        .inside("pkill", "-KILL", "-f", "[-]uuid " + lab.plan().uuidOf(vm))
                        .check("cannot kill the qemu of " + vm + " on " + host);
            }
            return System.nanoTime();
        };
    }
}
